package dev.sallyport.store;

import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.recording.Retention;
import dev.sallyport.core.session.Session;
import dev.sallyport.core.statement.IndexedStatement;
import dev.sallyport.core.statement.StatementWords;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// The index of statements: what was asked of targets, by user and day, and for each word of a day where it stands.
///
/// The index says where to look; the recording is what counts. It is written once a statement is recorded, and it may
/// lack some: how many of a session, stands in it, too. Nothing in it outlives its recording.
public final class Statements {

    /// Before the start and after the end of a session its statements may stand, for clocks of edges.
    private static final Duration LEEWAY = Duration.ofMinutes(5);

    /// Statements that one deletion looks at and deletes at most.
    private static final int MOST_DELETED = 1_000;

    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyyMMdd");

    private final Tables tables;
    private final Settings settings;

    Statements(Tables tables, Settings settings) {
        this.tables = tables;
        this.settings = settings;
    }

    /// That statements of a session are not in the index.
    ///
    /// @param count how many, as far as its edge knows
    /// @param at when that was noted
    public record Gap(
            SessionId session, UserId user, String email, ConnectionName connection, long count, Instant at) {}

    /// How long the recordings of a connection are kept, as of now.
    public Optional<Retention> retention(TenantId tenant, ConnectionId connection) {
        return tables.get(Table.CONFIG, Keys.tenant(tenant), Keys.id(Keys.RETENTION, connection))
                .map(item -> new Retention(item.integer(Connections.RETENTION)))
                .or(() -> settings.get(tenant).recordingRetention());
    }

    /// Writes statements of a tenant and their words. When it fails, some of it may be written; writing it again does
    /// no harm.
    public void add(TenantId tenant, Collection<IndexedStatement> statements, Optional<Retention> retention) {
        var items = new ArrayList<Item>();
        var places = new ArrayList<Item>();
        for (var statement : statements) {
            var expires = retention.map(kept -> kept.due(statement.at()));
            items.add(item(tenant, statement).expires(expires));
            places(tenant, statement).forEach(place -> places.add(place.expires(expires)));
        }
        tables.putAll(Table.LIVE, items);
        tables.putAll(Table.LIVE, places);
    }

    /// Takes statements out again when the recording of their session has been deleted meanwhile: for a writer that
    /// was still writing when the session's end was written.
    public void removeIfDeleted(TenantId tenant, SessionId session, Collection<IndexedStatement> statements) {
        boolean deleted = tables.get(Table.LIVE, Keys.session(tenant, session), Keys.RECORDING)
                .filter(item -> item.has(Recordings.DELETED_AT))
                .isPresent();
        if (deleted) {
            delete(
                    tenant,
                    statements.stream()
                            .map(statement -> item(tenant, statement))
                            .toList());
        }
    }

    /// Notes what of a session is not in the index.
    public void note(TenantId tenant, Gap gap, Optional<Retention> retention) {
        var items = new ArrayList<Item>();
        for (var partition : List.of(gaps(tenant, Optional.empty()), gaps(tenant, Optional.of(gap.user())))) {
            items.add(Item.of(partition, gap.session().value())
                    .text("user", gap.user().value())
                    .text("email", gap.email())
                    .text("connectionName", gap.connection().value())
                    .number("count", gap.count())
                    .time("at", gap.at())
                    .expires(retention.map(kept -> kept.due(gap.at()))));
        }
        tables.putAll(Table.LIVE, items);
    }

    /// How many statements of a session are not in the index.
    public long missing(TenantId tenant, SessionId session) {
        return tables.get(Table.LIVE, gaps(tenant, Optional.empty()), session.value())
                .map(item -> item.number("count"))
                .orElse(0L);
    }

    /// The newest sessions of which something is not in the index, at most `limit`: all, or one user's.
    List<Gap> gaps(TenantId tenant, Optional<UserId> user, int limit) {
        return tables.between(Table.LIVE, gaps(tenant, user), "ses_0", "ses_8", true, limit).stream()
                .map(item -> new Gap(
                        new SessionId(item.sort()),
                        new UserId(item.text("user")),
                        item.text("email"),
                        name(item),
                        item.number("count"),
                        item.time("at")))
                .toList();
    }

    /// What stands in the index for a search.
    public StatementFinder.Found find(TenantId tenant, StatementFinder.Query query, Optional<String> cursor) {
        return new StatementFinder(tables, this, tenant, query).find(cursor);
    }

    /// Deletes what the index has of a session that has ended, at most `most` statements; whether none is left.
    boolean delete(Session session, int most) {
        var tenant = session.tenant();
        int left = Math.min(most, MOST_DELETED);
        var from = session.started().minus(LEEWAY);
        var until =
                session.end().map(Session.End::at).orElse(session.deadline()).plus(LEEWAY);
        for (var day = day(from); !day.isAfter(day(until)); day = day.plusDays(1)) {
            var partition = ofUser(tenant, session.user(), day);
            var next = Optional.of(millis(from));
            while (next.isPresent()) {
                var page = tables.stretch(Table.LIVE, partition, next.get(), millis(until) + "~", false, MOST_DELETED);
                var own = page.items().stream()
                        .filter(item -> item.text("session").equals(session.id().value()))
                        .limit(left)
                        .toList();
                delete(tenant, own);
                left -= own.size();
                if (left == 0) {
                    return false;
                }
                next = page.cursor().map(last -> last + "!");
            }
        }
        tables.deleteAll(
                Table.LIVE,
                List.of(
                        Item.of(gaps(tenant, Optional.empty()), session.id().value()),
                        Item.of(
                                gaps(tenant, Optional.of(session.user())),
                                session.id().value())));
        return true;
    }

    /// The words first: they are found by way of the statement.
    private void delete(TenantId tenant, List<Item> items) {
        tables.deleteAll(
                Table.LIVE,
                items.stream()
                        .flatMap(item -> places(tenant, read(item)).stream())
                        .toList());
        tables.deleteAll(Table.LIVE, items);
    }

    private static Item item(TenantId tenant, IndexedStatement statement) {
        return Item.of(ofUser(tenant, statement.user(), day(statement.at())), sort(statement))
                .text("session", statement.session().value())
                .number("number", statement.number())
                .time("at", statement.at())
                .text("user", statement.user().value())
                .text("email", statement.email())
                .text("connectionName", statement.connection().value())
                .text("text", statement.text())
                .flag("cut", statement.cut())
                .text("verdict", statement.verdict())
                .text("rule", statement.rule());
    }

    static IndexedStatement read(Item item) {
        return new IndexedStatement(
                new SessionId(item.text("session")),
                item.number("number"),
                item.time("at"),
                new UserId(item.text("user")),
                item.text("email"),
                name(item),
                item.text("text"),
                item.flag("cut"),
                item.text("verdict"),
                item.optionalText("rule"));
    }

    /// Where the words of a statement stand: with what a search can filter by before it reads the statement.
    private static List<Item> places(TenantId tenant, IndexedStatement statement) {
        return StatementWords.indexed(statement.text()).stream()
                .map(word -> Item.of(ofWord(tenant, word, day(statement.at())), sort(statement))
                        .text("user", statement.user().value())
                        .text("connectionName", statement.connection().value())
                        .text("verdict", statement.verdict()))
                .toList();
    }

    static ConnectionName name(Item item) {
        return ConnectionName.of(item.text("connectionName"))
                .orElseThrow(() -> new IllegalStateException("the item " + item + " has no name of a connection"));
    }

    /// Sorts by time; the same in a user's and in a word's partition.
    private static String sort(IndexedStatement statement) {
        return millis(statement.at()) + "#" + statement.session().value() + "#" + "%010d".formatted(statement.number());
    }

    static String millis(Instant at) {
        return "%013d".formatted(at.toEpochMilli());
    }

    static LocalDate day(Instant at) {
        return LocalDate.ofInstant(at, ZoneOffset.UTC);
    }

    static String ofUser(TenantId tenant, UserId user, LocalDate day) {
        return Keys.tenant(tenant) + "#STATEMENTS#" + user.value() + "#" + DAY.format(day);
    }

    static String ofWord(TenantId tenant, String word, LocalDate day) {
        return Keys.tenant(tenant) + "#WORD#" + DAY.format(day) + "#" + word;
    }

    private static String gaps(TenantId tenant, Optional<UserId> user) {
        return Keys.tenant(tenant) + "#UNINDEXED"
                + user.map(id -> "#" + id.value()).orElse("");
    }
}
