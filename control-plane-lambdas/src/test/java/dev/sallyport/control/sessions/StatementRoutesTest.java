package dev.sallyport.control.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Statements;
import dev.sallyport.control.Bed;
import dev.sallyport.control.Filled;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.store.Statements.Gap;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// `/v1/statements`: who finds what.
final class StatementRoutesTest {

    private final Bed bed = new Bed();
    private final Filled acme = new Filled(bed, "acme");
    private final UserId alice = new UserId(acme.alice.id());
    private final UserId bob = new UserId(acme.bob.id());
    private final SessionId bobs = acme.session(bob, acme.bob.email());

    private Statements.Page search(String key, String words, String more) {
        return bed.get(key, "/v1/statements?q=" + URLEncoder.encode(words, StandardCharsets.UTF_8) + more)
                .as(Statements.Page.class);
    }

    private static List<String> texts(Statements.Page page) {
        return page.items().stream().map(Statements.Statement::text).toList();
    }

    @Test
    void aMemberFindsItsOwnAndNobodyElses() {
        acme.statement(acme.session, alice, acme.alice.email(), "drop view alices");
        acme.statement(bobs, bob, acme.bob.email(), "drop view bobs");

        assertThat(texts(search(acme.alicesKey, "drop view", ""))).containsExactly("drop view alices");
        assertThat(texts(search(acme.bobsKey, "drop view", ""))).containsExactly("drop view bobs");
        for (var reader : List.of(acme.admin, acme.auditor)) {
            assertThat(texts(search(reader, "drop view", "")))
                    .containsExactlyInAnyOrder("drop view bobs", "drop view alices");
            assertThat(texts(search(reader, "drop view", "&user=bob@example.com")))
                    .containsExactly("drop view bobs");
        }
        var asked = search(acme.alicesKey, "drop view", "&user=bob@example.com");
        assertThat(asked).isEqualTo(new Statements.Page(List.of(), null, asked.searchedTo(), List.of()));
        assertThat(bed.get("", "/v1/statements?q=drop").status()).isEqualTo(401);
    }

    @Test
    void whatOthersDidChangesNothingInAMembersAnswer() {
        acme.statement(acme.session, alice, acme.alice.email(), "drop view alices");
        var until = "&since=2026-01-01T00:00:00Z&until=2030-01-01T00:00:00Z";
        var before =
                bed.get(acme.alicesKey, "/v1/statements?q=drop&limit=1" + until).text();
        for (int i = 0; i < 100; i++) {
            acme.statement(bobs, bob, acme.bob.email(), "drop view bobs_" + i);
        }
        bed.store.statements().note(acme.id(), gap(bobs, bob, acme.bob.email()), Optional.empty());
        assertThat(bed.get(acme.alicesKey, "/v1/statements?q=drop&limit=1" + until)
                        .text())
                .isEqualTo(before);
    }

    @Test
    void anotherTenantIsNotThere() {
        var other = new Filled(bed, "other");
        other.statement(other.session, new UserId(other.alice.id()), other.alice.email(), "grant all to theirs");
        assertThat(search(acme.admin, "grant theirs", "").items()).isEmpty();
        assertThat(search(acme.admin, "grant", "&user=" + other.alice.id()).items())
                .isEmpty();
        assertThat(texts(search(other.admin, "grant theirs", ""))).containsExactly("grant all to theirs");
        assertThat(search(other.admin, "acme", "").items()).isEmpty();
    }

    @Test
    void pagesGoOnWhereTheyStopped() {
        for (int i = 0; i < 5; i++) {
            acme.statement(acme.session, alice, acme.alice.email(), "truncate t" + i);
        }
        for (var key : List.of(acme.alicesKey, acme.auditor)) {
            var found = new java.util.ArrayList<String>();
            var page = search(key, "truncate", "&limit=2");
            for (int pages = 1; ; pages++) {
                found.addAll(texts(page));
                if (page.next() == null) {
                    break;
                }
                assertThat(pages).isLessThan(10);
                page = search(
                        key, "truncate", "&limit=2&cursor=" + URLEncoder.encode(page.next(), StandardCharsets.UTF_8));
            }
            assertThat(found)
                    .containsExactlyInAnyOrder(
                            "truncate t0", "truncate t1", "truncate t2", "truncate t3", "truncate t4");
        }
    }

    @Test
    void whatIsMissingIsSaid() {
        bed.store.statements().note(acme.id(), gap(acme.session, alice, acme.alice.email()), Optional.empty());
        assertThat(search(acme.auditor, "drop", "").notIndexed())
                .singleElement()
                .satisfies(gap -> assertThat(gap.count()).isEqualTo(17));
        assertThat(search(acme.alicesKey, "drop", "").notIndexed()).hasSize(1);
        assertThat(search(acme.bobsKey, "drop", "").notIndexed()).isEmpty();
        assertThat(bed.get(acme.auditor, "/v1/sessions/" + acme.session).text())
                .contains("\"statements_not_indexed\":17");
        assertThat(bed.get(acme.auditor, "/v1/sessions/" + bobs).text()).doesNotContain("statements_not_indexed");
    }

    @Test
    void aDeletedRecordingIsNotFoundAndLeavesNothing() {
        bed.store.sessions().end(new Actor("edge", ""), acme.id(), bobs, new Outcome.Exited(0), bed.clock.instant());
        assertThat(search(acme.bobsKey, "drop", "").items()).hasSize(1);
        bed.delete(acme.admin, "/v1/sessions/" + bobs + "/recording?reason=x");
        assertThat(search(acme.bobsKey, "drop", "").items()).isEmpty();
        assertThat(search(acme.auditor, "drop", "").items())
                .allMatch(found -> found.session().equals(acme.session.value()));
    }

    @Test
    void whoSearchesInOthersStatementsStandsInTheAuditLog() {
        search(acme.alicesKey, "drop", "");
        assertThat(bed.audit(acme.id())).noneMatch(entry -> entry.action().equals("statements.searched"));
        search(acme.auditor, "drop table", "");
        assertThat(bed.audit(acme.id()).getFirst()).satisfies(entry -> {
            assertThat(entry.action()).isEqualTo("statements.searched");
            assertThat(entry.details()).containsEntry("words", "drop table");
        });
    }

    @Test
    void aSearchThatCanFindNothingIsRefused() {
        for (var words : List.of("", "select%20from", "42", "%27drop%27", "drop%1b", "a".repeat(300))) {
            assertThat(bed.get(acme.admin, "/v1/statements?q=" + words).wrongFields())
                    .containsExactly("q");
        }
        assertThat(bed.get(acme.admin, "/v1/statements?q=drop&verdict=maybe").wrongFields())
                .containsExactly("verdict");
        assertThat(bed.get(acme.admin, "/v1/statements?q=drop&since=x").wrongFields())
                .containsExactly("since");
        assertThat(bed.get(acme.admin, "/v1/statements?q=drop&cursor=x").status())
                .isEqualTo(400);
    }

    private Gap gap(SessionId of, UserId user, String email) {
        return new Gap(of, user, email, new ConnectionName("bash"), 17, bed.clock.instant());
    }
}
