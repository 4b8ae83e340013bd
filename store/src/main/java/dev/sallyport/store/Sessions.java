package dev.sallyport.store;

import dev.sallyport.core.access.AccessMode;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.edge.Mail;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.recording.RecordingRow;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.core.session.Session;
import dev.sallyport.core.session.Session.End;
import dev.sallyport.core.session.Session.ShownCertificate;
import dev.sallyport.store.Written.Reason;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// The sessions of each tenant: a partition for each, and a list of each day.
///
/// A session's row in the list is a copy of its row, written with it. A session ends once: the first outcome
/// that is written stays.
public final class Sessions {

    /// Partitions among which the list of a day is spread.
    static final int SHARDS = 4;

    /// Rows that one page reads at most.
    private static final int MOST_READ = 2_000;

    /// The first day of any list.
    private static final LocalDate FIRST = LocalDate.of(2026, 1, 1);

    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyyMMdd");
    private static final String OUTCOME = "outcome";
    private static final String SWEPT = "swept";
    private static final String POSITION = "POSITION";

    /// Days that this process remembers to have noted.
    private static final int REMEMBERED = 10_000;

    private final Tables tables;
    private final AuditLog audit;
    private final Outbox outbox;
    private final Noted noted;

    Sessions(Tables tables, AuditLog audit, Outbox outbox) {
        this.tables = tables;
        this.audit = audit;
        this.outbox = outbox;
        this.noted = new Noted(tables, REMEMBERED);
    }

    /// Which sessions a list shows.
    ///
    /// @param from by the time of their start, inclusive
    /// @param until exclusive
    public record Filter(
            Optional<UserId> user,
            Optional<ConnectionName> connection,
            Optional<Boolean> live,
            Optional<Instant> from,
            Optional<Instant> until) {

        public static Filter all() {
            return new Filter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        }

        boolean shows(Session session) {
            return user.map(session.user()::equals).orElse(true)
                    && connection.map(session.connectionName()::equals).orElse(true)
                    && live.map(wanted -> wanted == session.live()).orElse(true)
                    && from.map(time -> !session.started().isBefore(time)).orElse(true)
                    && until.map(session.started()::isBefore).orElse(true);
        }
    }

    /// Writes the start of a session: its rows, its recording's row, that its edge holds it, and the audit
    /// entry, all or none.
    public Written<Session> start(Actor actor, Session session, RecordingRow recording) {
        var row = item(session);
        noted.note(days(session.tenant()), DAY.format(day(session.id())));
        var transaction = new Transaction(tables)
                .put(Table.LIVE, row, Condition.absent(), Reason.TAKEN, "The session is there already.")
                .put(
                        Table.LIVE,
                        row.under(
                                dayOf(session.tenant(), session.id()),
                                session.id().value()))
                .put(Table.LIVE, Recordings.item(recording));
        Edges.holds(transaction, session.edge(), session.tenant(), session.id());
        var details = new LinkedHashMap<String, String>();
        details.put("connection", session.connectionName().value());
        details.put("request", session.request());
        details.put("email", session.email());
        details.put("edge", session.edge().value());
        details.put("certificate", session.certificate().keyId());
        details.put("key", session.certificate().keyFingerprint());
        session.command().ifPresent(command -> details.put("command", command));
        return audit.commit(
                        transaction,
                        new AuditLog.Draft(
                                session.tenant(),
                                actor,
                                "session.started",
                                session.id().value(),
                                details))
                .<Written<Session>>map(Transaction.Meaning::refused)
                .orElseGet(() -> new Written.Done<>(session));
    }

    /// Writes how a session ended; `false` when it had ended already, or is not there.
    public boolean end(Actor actor, TenantId tenant, SessionId id, Outcome outcome, Instant at) {
        var found = get(tenant, id);
        if (found.isEmpty() || !found.get().live()) {
            return false;
        }
        var session = found.get();
        var attributes = Item.of("", "");
        write(attributes, End.of(outcome, at));
        var changed = new LinkedHashMap<String, AttributeValue>(attributes.attributes());
        changed.remove(Item.PARTITION);
        changed.remove(Item.SORT);
        var transaction = new Transaction(tables)
                .set(
                        Table.LIVE,
                        Keys.session(tenant, id),
                        Keys.SESSION,
                        changed,
                        Condition.without(OUTCOME),
                        Reason.STALE,
                        "The session has ended already.")
                .set(
                        Table.LIVE,
                        dayOf(tenant, id),
                        id.value(),
                        changed,
                        Condition.present(),
                        Reason.ABSENT,
                        "The session is not in its day's list.");
        Edges.released(transaction, session.edge(), id);
        return audit.commit(
                        transaction,
                        new AuditLog.Draft(
                                tenant,
                                actor,
                                "session.ended",
                                id.value(),
                                Map.of("outcome", outcome.name(), "sentence", outcome.sentence())))
                .isEmpty();
    }

    /// Orders a session to end: its edge is told.
    public Written<Session> kill(Actor actor, TenantId tenant, SessionId id) {
        return kill(actor, tenant, id, "");
    }

    /// Orders a session to end, with a reason for the audit log.
    public Written<Session> kill(Actor actor, TenantId tenant, SessionId id, String reason) {
        var found = get(tenant, id);
        if (found.isEmpty()) {
            return new Written.Refused<>(Reason.ABSENT, "There is no such session.");
        }
        var session = found.get();
        var transaction = new Transaction(tables)
                .set(
                        Table.LIVE,
                        Keys.session(tenant, id),
                        Keys.SESSION,
                        Map.of("killedBy", AttributeValue.fromS(actor.id())),
                        Condition.without(OUTCOME),
                        Reason.STALE,
                        "The session has ended already.");
        var owed = outbox.owe(transaction, new Mail.KillSession(tenant, id, actor.id()), Optional.of(session.edge()));
        var refused = audit.commit(
                transaction, new AuditLog.Draft(tenant, actor, "session.killed", id.value(), Map.of("reason", reason)));
        if (refused.isPresent()) {
            return refused.get().refused();
        }
        outbox.deliver(List.of(owed));
        return new Written.Done<>(session);
    }

    public Optional<Session> get(TenantId tenant, SessionId id) {
        return tables.get(Table.LIVE, Keys.session(tenant, id), Keys.SESSION).map(item -> read(tenant, item));
    }

    /// Sessions that the filter shows, newest first. A page may be short of `limit`, even empty, with more to
    /// come: how much one page reads is bounded.
    public Page<Session> list(TenantId tenant, Filter filter, Optional<String> cursor, int limit) {
        int wanted = Math.clamp(limit, 1, Page.LARGEST);
        var before = cursor.map(Sessions::session);
        var now = tables.clock().instant();
        // ids are made by clocks of edges: a session may be of "tomorrow" here
        var newest =
                before.map(Sessions::day).orElseGet(() -> day(filter.until().orElse(now.plusSeconds(86_400))));
        var oldest = filter.from()
                .map(Sessions::day)
                .filter(day -> day.isAfter(FIRST))
                .orElse(FIRST);
        var found = new ArrayList<Session>();
        int read = 0;
        var days = tables.between(
                Table.LIVE, days(tenant), DAY.format(oldest), DAY.format(newest), true, Integer.MAX_VALUE);
        for (var day : days) {
            var rows = new ArrayList<Session>();
            var highest = before.map(SessionId::value).orElse("ses_8");
            int budget = MOST_READ / SHARDS;
            for (int shard = 0; shard < SHARDS; shard++) {
                tables.between(Table.LIVE, day(tenant, day.sort(), shard), "ses_0", highest, true, budget).stream()
                        .filter(item -> item.sort().compareTo(highest) < 0)
                        .forEach(item -> rows.add(read(tenant, item)));
            }
            // below the lowest row of a shard that was not read to its end, others may be missing
            rows.sort(Comparator.comparing((Session session) -> session.id().value())
                    .reversed());
            int complete = Math.min(rows.size(), budget);
            for (int i = 0; i < complete; i++) {
                var session = rows.get(i);
                read++;
                if (filter.shows(session)) {
                    found.add(session);
                }
                if (found.size() == wanted || read == MOST_READ) {
                    return new Page<>(found, Optional.of(session.id().value()));
                }
            }
            if (complete < rows.size()) {
                return new Page<>(found, Optional.of(rows.get(complete - 1).id().value()));
            }
        }
        return new Page<>(found, Optional.empty());
    }

    /// The days on which sessions began, up to that of `last`, on which the sweep may find something to delete,
    /// ascending.
    List<String> daysToSweep(TenantId tenant, Optional<String> first, Instant last) {
        return tables
                .between(
                        Table.LIVE,
                        days(tenant),
                        first.orElseGet(() -> DAY.format(FIRST)),
                        DAY.format(day(last)),
                        false,
                        Integer.MAX_VALUE)
                .stream()
                .filter(item -> !item.has(SWEPT))
                .map(Item::sort)
                .toList();
    }

    /// The sessions of a day by id, after `after`, at most `limit`.
    List<Session> ofDay(TenantId tenant, String day, Optional<SessionId> after, int limit) {
        var lowest = after.map(id -> id.value() + "0").orElse("ses_0");
        var rows = new ArrayList<Session>();
        for (int shard = 0; shard < SHARDS; shard++) {
            tables.between(Table.LIVE, day(tenant, day, shard), lowest, "ses_8", false, limit)
                    .forEach(item -> rows.add(read(tenant, item)));
        }
        rows.sort(Comparator.comparing(session -> session.id().value()));
        return List.copyOf(rows.subList(0, Math.min(limit, rows.size())));
    }

    /// Notes that every recording of a day is deleted, once the day is so long over that no session comes to it.
    void nothingToSweep(TenantId tenant, String day, Instant now) {
        if (LocalDate.parse(day, DAY).plusDays(2).isBefore(day(now))) {
            tables.put(Table.LIVE, Item.of(days(tenant), day).flag(SWEPT, true), Condition.none());
        }
    }

    /// Where the sweep of the tenant goes on; empty: from the first day.
    Optional<RetentionSweep.Position> sweptTo(TenantId tenant) {
        return tables.get(Table.LIVE, sweep(tenant), POSITION)
                .map(item -> new RetentionSweep.Position(
                        item.text("day"), new SessionId(item.text("after")), item.flag("kept")));
    }

    void sweptTo(TenantId tenant, RetentionSweep.Position position) {
        tables.put(
                Table.LIVE,
                Item.of(sweep(tenant), POSITION)
                        .text("day", position.day())
                        .text("after", position.after().value())
                        .flag("kept", position.kept()),
                Condition.none());
    }

    void sweepFromTheStart(TenantId tenant) {
        tables.delete(Table.LIVE, sweep(tenant), POSITION, Condition.none());
    }

    private static String sweep(TenantId tenant) {
        return Keys.tenant(tenant) + "#SWEEP";
    }

    private static SessionId session(String cursor) {
        try {
            return new SessionId(cursor);
        } catch (IllegalArgumentException e) {
            throw new BadCursor();
        }
    }

    private static LocalDate day(Instant at) {
        return LocalDate.ofInstant(at, ZoneOffset.UTC);
    }

    private static LocalDate day(SessionId id) {
        return day(Instant.ofEpochMilli(id.epochMillis()));
    }

    private static String dayOf(TenantId tenant, SessionId id) {
        return day(tenant, DAY.format(day(id)), Math.floorMod(id.value().hashCode(), SHARDS));
    }

    private static String day(TenantId tenant, String day, int shard) {
        return Keys.tenant(tenant) + "#SESSIONS#" + day + "#" + shard;
    }

    /// The days on which sessions may have begun.
    private static String days(TenantId tenant) {
        return Keys.tenant(tenant) + "#DAYS";
    }

    private static Item item(Session session) {
        var item = Item.of(Keys.session(session.tenant(), session.id()), Keys.SESSION)
                .text("session", session.id().value())
                .text("user", session.user().value())
                .text("email", session.email())
                .text("connection", session.connection().value())
                .text("connectionName", session.connectionName().value())
                .number("connectionVersion", session.connectionVersion())
                .text("agent", session.agent().value())
                .text("edge", session.edge().value())
                .text("mode", session.mode().name())
                .text("request", session.request())
                .text("command", session.command())
                .text("source", session.source())
                .text("ca", session.certificate().caFingerprint())
                .text("serial", Long.toUnsignedString(session.certificate().serial()))
                .text("keyId", session.certificate().keyId())
                .text("key", session.certificate().keyFingerprint())
                .text("level", session.level().name())
                .flag("recordingRequired", session.recordingRequired())
                .time("started", session.started())
                .time("deadline", session.deadline());
        session.end().ifPresent(end -> write(item, end));
        return item;
    }

    private static void write(Item item, End end) {
        item.text(OUTCOME, end.outcome()).text("sentence", end.sentence()).time("ended", end.at());
        end.exitStatus().ifPresent(status -> item.number("exitStatus", status));
    }

    private static Session read(TenantId tenant, Item item) {
        return new Session(
                tenant,
                new SessionId(item.text("session")),
                new UserId(item.text("user")),
                item.text("email"),
                new ConnectionId(item.text("connection")),
                new ConnectionName(item.text("connectionName")),
                item.number("connectionVersion"),
                new AgentId(item.text("agent")),
                new EdgeId(item.text("edge")),
                item.one(AccessMode.class, "mode"),
                item.text("request"),
                item.optionalText("command"),
                item.text("source"),
                new ShownCertificate(
                        item.text("ca"),
                        Long.parseUnsignedLong(item.text("serial")),
                        item.text("keyId"),
                        item.text("key")),
                item.one(RecordingLevel.class, "level"),
                item.flag("recordingRequired"),
                item.time("started"),
                item.time("deadline"),
                item.has(OUTCOME)
                        ? Optional.of(new End(
                                item.text(OUTCOME),
                                item.text("sentence"),
                                item.has("exitStatus") ? Optional.of(item.integer("exitStatus")) : Optional.empty(),
                                item.time("ended")))
                        : Optional.empty());
    }
}
