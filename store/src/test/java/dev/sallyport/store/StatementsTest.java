package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.access.AccessMode;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.recording.FolderChunkStore;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.recording.RecordingRow;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.core.recording.Retention;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.core.session.Session;
import dev.sallyport.core.statement.IndexedStatement;
import dev.sallyport.core.statement.StatementSearch;
import dev.sallyport.core.tenant.TenantSettings;
import dev.sallyport.core.user.User;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The index of statements, and what a search in it finds.
class StatementsTest {

    private static final Actor ADMIN = ExampleTenant.ADMIN;

    private final MutableClock clock = new MutableClock(Instant.parse("2026-11-23T10:00:00Z"));
    private final Store store = LocalDynamo.store(clock);
    private final ExampleTenant acme = new ExampleTenant(store, "acme");
    private final EdgeId edge = EdgeId.next(clock);
    private final SessionId session = start(acme, acme.alice());
    private final ConnectionName bash = acme.bash().name();
    private int number;

    @TempDir
    private Path folder;

    @Test
    void aStatementIsFoundByItsWordsInAnyOrderAndAPhraseAsItStands() {
        add("drop table users");
        add("drop index users_by_name; alter table users add x int");
        add("select * from users");

        assertThat(texts("table drop"))
                .containsExactly("drop index users_by_name; alter table users add x int", "drop table users");
        assertThat(texts("\"DROP  table\"")).containsExactly("drop table users");
        assertThat(texts("truncate")).isEmpty();
        assertThat(search("drop").searchedTo()).isEqualTo(all("drop").since());
    }

    @Test
    void theNewestComesFirstAcrossDaysAndPages() {
        for (int i = 0; i < 30; i++) {
            add("delete from orders_" + i);
            clock.advance(Duration.ofHours(5));
        }
        var wanted = IntStream.range(0, 30)
                .mapToObj(i -> "delete from orders_" + (29 - i))
                .toList();
        for (var user :
                List.of(Optional.<UserId>empty(), Optional.of(acme.alice().id()))) {
            var found = new ArrayList<String>();
            Optional<String> cursor = Optional.empty();
            var searchedTo = clock.instant();
            do {
                var page = store.statements().find(acme.id(), query("delete", user, 7), cursor);
                page.items().forEach(statement -> found.add(statement.text()));
                assertThat(page.searchedTo()).isBeforeOrEqualTo(searchedTo);
                searchedTo = page.searchedTo();
                cursor = page.cursor();
            } while (cursor.isPresent());
            assertThat(found).isEqualTo(wanted);
        }
    }

    @Test
    void rareWordsAreFoundAmongManyCommonOnes() {
        var many = new ArrayList<IndexedStatement>();
        for (int i = 0; i < 3_000; i++) {
            clock.advance(Duration.ofMillis(20));
            many.add(statement(
                    acme, acme.alice(), session, i % 500 == 250 ? "update payroll set a" + i : "update b" + i));
        }
        store.statements().add(acme.id(), many, Optional.empty());
        var found = search("update payroll");
        assertThat(found.items()).hasSize(6);
        assertThat(found.cursor()).isEmpty();
    }

    @Test
    void aSearchThatReadsTooMuchSaysHowFarItCame() {
        var many = new ArrayList<IndexedStatement>();
        for (int i = 0; i < 5_000; i++) {
            clock.advance(Duration.ofMillis(10));
            many.add(statement(
                    acme, acme.alice(), session, (i == 0 ? "vacuum analyze" : i % 2 == 0 ? "vacuum" : "analyze")));
        }
        store.statements().add(acme.id(), many, Optional.empty());
        var first = search("vacuum analyze");
        assertThat(first.items()).isEmpty();
        assertThat(first.cursor()).isPresent();
        assertThat(first.searchedTo())
                .isBetween(many.getFirst().at(), many.getLast().at());
        var cursor = first.cursor();
        var found = new ArrayList<IndexedStatement>();
        for (int i = 0; cursor.isPresent() && i < 5; i++) {
            var next = store.statements().find(acme.id(), all("vacuum analyze"), cursor);
            found.addAll(next.items());
            cursor = next.cursor();
        }
        assertThat(cursor).isEmpty();
        assertThat(found).singleElement().extracting(IndexedStatement::text).isEqualTo("vacuum analyze");
    }

    @Test
    void connectionVerdictAndTimeNarrowIt() {
        add("grant all to mallory");
        var later = clock.instant().plusSeconds(60);
        clock.advance(Duration.ofSeconds(60));
        add("grant usage to mallory");
        var query = all("grant");
        assertThat(find(new StatementFinder.Query(
                        query.search(),
                        query.user(),
                        Optional.of(bash),
                        Optional.of("allow"),
                        later,
                        query.until(),
                        10)))
                .containsExactly("grant usage to mallory");
        assertThat(find(new StatementFinder.Query(
                        query.search(), query.user(), Optional.empty(), Optional.empty(), query.since(), later, 10)))
                .containsExactly("grant all to mallory");
        assertThat(find(new StatementFinder.Query(
                        query.search(),
                        query.user(),
                        Optional.empty(),
                        Optional.of("block"),
                        query.since(),
                        query.until(),
                        10)))
                .isEmpty();
        assertThat(find(new StatementFinder.Query(
                        query.search(),
                        query.user(),
                        ConnectionName.of("other"),
                        Optional.empty(),
                        query.since(),
                        query.until(),
                        10)))
                .isEmpty();
    }

    @Test
    void aUsersSearchReadsNothingOfAnybodyElseNorOfAnotherTenant() {
        var bobs = start(acme, acme.bob());
        for (int i = 0; i < 600; i++) {
            clock.advance(Duration.ofMillis(10));
            store.statements()
                    .add(acme.id(), List.of(statement(acme, acme.bob(), bobs, "drop t" + i)), Optional.empty());
        }
        var other = new ExampleTenant(store, "other");
        var theirs = start(other, other.alice());
        store.statements()
                .add(other.id(), List.of(statement(other, other.alice(), theirs, "drop theirs")), Optional.empty());
        add("drop mine");

        assertThat(search("drop").items()).noneMatch(found -> found.text().equals("drop theirs"));
        assertThat(search("theirs").items()).isEmpty();
        var own = query("drop", Optional.of(acme.alice().id()), 50);
        var metered = new Metered(store);
        var found = new ArrayList<IndexedStatement>();
        long units = metered.of(() -> found.addAll(metered.store()
                        .statements()
                        .find(acme.id(), own, Optional.empty())
                        .items()))
                .reads();
        assertThat(found).extracting(IndexedStatement::text).containsExactly("drop mine");
        long without = metered.of(() -> metered.store()
                        .statements()
                        .find(
                                acme.id(),
                                query("nothing", Optional.of(acme.alice().id()), 50),
                                Optional.empty()))
                .reads();
        // the recording's row, which is read only for what is shown
        assertThat(units).isEqualTo(without + 1);
    }

    @Test
    void aCursorThatIsNoneIsRefused() {
        for (var bad : List.of("x", "1", "0000000000000#ses_x", "TEN#", "9".repeat(40))) {
            assertThatThrownBy(() -> store.statements().find(acme.id(), all("drop"), Optional.of(bad)))
                    .isInstanceOf(BadCursor.class);
        }
    }

    @Test
    void aDeletedRecordingIsNotFoundAtOnceAndNothingOfItIsLeft() {
        var bobs = start(acme, acme.bob());
        store.statements().add(acme.id(), List.of(statement(acme, acme.bob(), bobs, "drop bobs")), Optional.empty());
        for (int i = 0; i < 320; i++) {
            clock.advance(Duration.ofMinutes(10));
            add("drop secret_" + i);
        }
        store.statements()
                .note(
                        acme.id(),
                        new Statements.Gap(session, acme.alice().id(), "alice@example.com", bash, 3, clock.instant()),
                        Optional.empty());
        assertThat(store.statements().missing(acme.id(), session)).isEqualTo(3);
        end(session);

        store.deletions().delete(ADMIN, acme.id(), session, "mistake").orThrow();
        assertThat(everything("drop")).containsExactly("drop bobs");

        var chunks = new FolderChunkStore(folder);
        assertThat(store.deletions().finish(chunks, acme.id(), session, 30)).isFalse();
        assertThat(store.deletions().finish(chunks, acme.id(), session, 30)).isTrue();
        assertThat(store.statements().missing(acme.id(), session)).isZero();
        for (var day = Statements.day(clock.instant());
                day.isAfter(Statements.day(clock.instant()).minusDays(4));
                day = day.minusDays(1)) {
            assertThat(store.tables()
                            .count(
                                    Table.LIVE,
                                    Statements.ofUser(acme.id(), acme.alice().id(), day),
                                    ""))
                    .isZero();
            assertThat(store.tables().list(Table.LIVE, Statements.ofWord(acme.id(), "drop", day), ""))
                    .allMatch(item -> item.text("user").equals(acme.bob().id().value()));
            assertThat(store.tables().count(Table.LIVE, Statements.ofWord(acme.id(), "secret_7", day), ""))
                    .isZero();
        }
        assertThat(everything("drop")).containsExactly("drop bobs");
    }

    @Test
    void whatIsWrittenDuringADeletionIsTakenOutAgain() {
        var late = List.of(statement(acme, acme.alice(), session, "drop late"));
        store.statements().removeIfDeleted(acme.id(), session, late);
        store.statements().add(acme.id(), late, Optional.empty());
        store.statements().removeIfDeleted(acme.id(), session, late);
        assertThat(texts("late")).hasSize(1);
        end(session);
        store.deletions().delete(ADMIN, acme.id(), session, "mistake").orThrow();
        assertThat(store.deletions().finish(new FolderChunkStore(folder), acme.id(), session, 30))
                .isTrue();

        store.statements().add(acme.id(), late, Optional.empty());
        store.statements().removeIfDeleted(acme.id(), session, late);
        var day = Statements.day(clock.instant());
        assertThat(store.tables().count(Table.LIVE, Statements.ofWord(acme.id(), "late", day), ""))
                .isZero();
        assertThat(store.tables()
                        .count(
                                Table.LIVE,
                                Statements.ofUser(acme.id(), acme.alice().id(), day),
                                ""))
                .isZero();
    }

    @Test
    void nothingOutlivesTheRetention() {
        store.settings()
                .update(ADMIN, acme.id(), new TenantSettings(Optional.of(new Retention(3)), 0))
                .orThrow();
        var retention = store.statements().retention(acme.id(), acme.bash().id());
        assertThat(retention).contains(new Retention(3));
        store.statements().add(acme.id(), List.of(statement(acme, acme.alice(), session, "drop x")), retention);
        store.statements()
                .note(
                        acme.id(),
                        new Statements.Gap(session, acme.alice().id(), "alice@example.com", bash, 3, clock.instant()),
                        retention);
        assertThat(texts("drop")).hasSize(1);
        assertThat(search("drop").gaps())
                .singleElement()
                .extracting(Statements.Gap::count)
                .isEqualTo(3L);
        clock.advance(Duration.ofDays(3));
        assertThat(texts("drop")).isEmpty();
        assertThat(search("drop").gaps()).isEmpty();
        assertThat(store.statements().missing(acme.id(), session)).isZero();
    }

    /// With `-Dstatements=100000`: what `docs/performance.md` says.
    @Test
    void aSearchOverManyStatementsReadsLittle() {
        int many = Integer.getInteger("statements", 2_000);
        var some = new ArrayList<IndexedStatement>();
        for (int i = 0; i < many; i++) {
            clock.advance(Duration.ofMillis(20));
            some.add(statement(
                    acme,
                    acme.alice(),
                    session,
                    "update orders set state = 'x' where customer_" + i % 997 + " = 1 and shop_" + i % 101 + " = 2"));
            if (some.size() == 500) {
                store.statements().add(acme.id(), some, Optional.empty());
                some.clear();
            }
        }
        store.statements().add(acme.id(), some, Optional.empty());
        var metered = new Metered(store);
        for (var words : List.of("orders", "customer_7 orders", "customer_7 shop_7", "orders nothing")) {
            for (int i = 0; i < 3; i++) {
                var found = new ArrayList<StatementFinder.Found>();
                long before = System.nanoTime();
                var units = metered.of(
                        () -> found.add(metered.store().statements().find(acme.id(), all(words), Optional.empty())));
                System.out.println(
                        "SEARCH " + words + ": " + found.getFirst().items().size() + " found, "
                                + (System.nanoTime() - before) / 1_000_000 + " ms, " + units);
                assertThat(units.reads()).isLessThan(2_000);
                if (words.equals("customer_7 orders")) {
                    assertThat(found.getFirst().items()).hasSize(Math.min(50, Math.ceilDiv(many - 7, 997)));
                }
            }
        }
    }

    private void add(String text) {
        store.statements().add(acme.id(), List.of(statement(acme, acme.alice(), session, text)), Optional.empty());
    }

    private IndexedStatement statement(ExampleTenant tenant, User user, SessionId of, String text) {
        return new IndexedStatement(
                of,
                number++,
                clock.instant(),
                user.id(),
                user.email(),
                tenant.bash().name(),
                text,
                false,
                "allow",
                Optional.empty());
    }

    /// Page after page: of a page that is full of what is deleted, nothing is left.
    private List<String> everything(String words) {
        var found = new ArrayList<String>();
        Optional<String> cursor = Optional.empty();
        do {
            var page = store.statements().find(acme.id(), all(words), cursor);
            page.items().forEach(statement -> found.add(statement.text()));
            cursor = page.cursor();
        } while (cursor.isPresent());
        return found;
    }

    private List<String> texts(String words) {
        return find(all(words));
    }

    private List<String> find(StatementFinder.Query query) {
        return store.statements().find(acme.id(), query, Optional.empty()).items().stream()
                .map(IndexedStatement::text)
                .toList();
    }

    private StatementFinder.Found search(String words) {
        return store.statements().find(acme.id(), all(words), Optional.empty());
    }

    private StatementFinder.Query all(String words) {
        return query(words, Optional.empty(), 50);
    }

    private StatementFinder.Query query(String words, Optional<UserId> user, int limit) {
        return new StatementFinder.Query(
                StatementSearch.of(words).orElseThrow(),
                user,
                Optional.empty(),
                Optional.empty(),
                clock.instant().minus(Duration.ofDays(30)),
                clock.instant().plusSeconds(1),
                limit);
    }

    private void end(SessionId id) {
        store.recordings()
                .change(
                        acme.id(),
                        id,
                        row -> new RecordingRow(
                                row.tenant(),
                                row.session(),
                                row.wrappedDataKey(),
                                row.level(),
                                RecordingState.COMPLETE,
                                1,
                                new byte[] {7},
                                row.version()))
                .orThrow();
        assertThat(store.sessions().end(ADMIN, acme.id(), id, new Outcome.Exited(0), clock.instant()))
                .isTrue();
    }

    private SessionId start(ExampleTenant tenant, User user) {
        var started = new Session(
                tenant.id(),
                SessionId.next(clock),
                user.id(),
                user.email(),
                tenant.bash().id(),
                tenant.bash().name(),
                1,
                tenant.agent().id(),
                edge,
                AccessMode.EXEC,
                "exec",
                Optional.of("psql"),
                "192.0.2.9",
                new Session.ShownCertificate(tenant.ca().fingerprint(), 7, "id", ExampleTenant.fingerprint("k")),
                RecordingLevel.STATEMENTS,
                true,
                clock.instant(),
                clock.instant().plusSeconds(60),
                Optional.empty());
        return store.sessions()
                .start(
                        ADMIN,
                        started,
                        new RecordingRow(
                                tenant.id(),
                                started.id(),
                                new byte[] {9},
                                RecordingLevel.STATEMENTS,
                                RecordingState.LIVE,
                                0,
                                new byte[0],
                                1))
                .orThrow()
                .id();
    }
}
