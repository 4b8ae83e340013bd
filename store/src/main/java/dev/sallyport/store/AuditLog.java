package dev.sallyport.store;

import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.audit.AuditEntry;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.Ulid;
import dev.sallyport.store.Transaction.Meaning;
import dev.sallyport.store.Written.Reason;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;

/// The audit log of each tenant: appended to in the transaction of what it tells, read by time.
///
/// Entries lie in partitions of one minute each. Some time after its end a minute is sealed, with all minutes
/// before it, and no entry gets into a sealed minute: each append checks one of the tenant's [#SEALS] seals in
/// its transaction. One that comes too late (a slow clock, a process that was stopped) goes to the first minute
/// that is open.
///
/// A list of the minutes in which anything happened (`…#MINUTES#<month>`) is written ahead of a minute's first
/// entry, so that neither readers nor the sealer look at empty minutes.
public final class AuditLog {

    /// Copies of a tenant's seal: each append checks one of them, so that appends do not meet at one item.
    static final int SEALS = 8;

    /// How often an append looks for an open minute.
    private static final int ATTEMPTS = 5;

    /// Minutes that this process remembers to have noted.
    private static final int REMEMBERED = 10_000;

    /// Oldest month of any list.
    private static final YearMonth FIRST = YearMonth.of(2026, 1);

    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyyMMddHHmm").withZone(ZoneOffset.UTC);
    private static final String THROUGH = "through";
    private static final String ENDED_RECORDING = "recording#";
    private static final Meaning SEALED = new Meaning(Reason.STALE, "the minute of the audit log is sealed");

    private final Tables tables;
    private final Noted noted;

    AuditLog(Tables tables) {
        this.tables = tables;
        this.noted = new Noted(tables, REMEMBERED);
    }

    /// What an entry will say; it gets its id, and so its minute, when it is written.
    record Draft(TenantId tenant, Actor actor, String action, String object, Map<String, String> details) {
        AuditEntry at(long epochMillis) {
            return new AuditEntry(
                    tenant, Ulid.next(epochMillis), actor.id(), action, object, actor.source(), new TreeMap<>(details));
        }
    }

    /// Appends an entry that tells of something without a write of its own.
    ///
    /// @throws StoreUnavailable when it is not written
    public void append(TenantId tenant, Actor actor, String action, String object, Map<String, String> details) {
        commit(new Transaction(tables), new Draft(tenant, actor, action, object, details))
                .ifPresent(meaning -> {
                    throw new StoreUnavailable("could not append to the audit log: " + meaning.sentence());
                });
    }

    /// Writes `transaction` and the entry, all or none.
    Optional<Meaning> commit(Transaction transaction, Draft draft) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            var at = open(draft.tenant(), attempt);
            var entry = draft.at(at.toEpochMilli());
            note(draft.tenant(), at);
            var whole = transaction.copy();
            whole.put(Table.LIVE, item(entry));
            checkOpen(whole, draft.tenant(), at);
            var refused = whole.commit();
            if (refused.isEmpty() || !refused.get().equals(SEALED)) {
                return refused;
            }
        }
        throw new StoreUnavailable("could not append to the audit log of " + draft.tenant() + ": it is being sealed");
    }

    /// The entries of one minute, in the order of their ids.
    public List<AuditEntry> minute(TenantId tenant, Instant minute) {
        return tables.between(Table.LIVE, partition(tenant, minute), "0", "8", false, Integer.MAX_VALUE).stream()
                .map(item -> read(tenant, item))
                .toList();
    }

    /// Entries from `from` (inclusive) to `until` (exclusive), newest first, at most `limit`.
    ///
    /// @param cursor of the page before; empty for the first
    public Page<AuditEntry> list(TenantId tenant, Instant from, Instant until, Optional<String> cursor, int limit) {
        int wanted = Math.clamp(limit, 1, Page.LARGEST);
        var highest = cursor.orElseGet(() -> Ulid.of(until.toEpochMilli(), new Zeros()));
        if (!highest.matches("[0-7][0-9a-z]{25}")) {
            throw new BadCursor();
        }
        var lowest = Ulid.of(Math.max(0, from.toEpochMilli()), new Zeros());
        var found = new ArrayList<AuditEntry>();
        var last = Instant.ofEpochMilli(Ulid.epochMillis(highest));
        var earliest = from.isBefore(start(FIRST)) ? start(FIRST) : from;
        for (var month = month(last); !month.isBefore(month(earliest)); month = month.minusMonths(1)) {
            var minutes = tables.between(
                    Table.LIVE,
                    minutes(tenant, month),
                    MINUTE.format(earliest),
                    MINUTE.format(last),
                    true,
                    Integer.MAX_VALUE);
            for (var minute : minutes) {
                var partition = Keys.tenant(tenant) + "#AUDIT#" + minute.sort();
                for (var item :
                        tables.between(Table.LIVE, partition, lowest, highest, true, wanted + 1 - found.size())) {
                    // the bound of a cursor is what the page before ended with
                    if (item.sort().compareTo(highest) < 0) {
                        found.add(read(tenant, item));
                    }
                    if (found.size() == wanted) {
                        return new Page<>(found, Optional.of(item.sort()));
                    }
                }
            }
        }
        return new Page<>(found, Optional.empty());
    }

    /// The minutes from `from` on in which something may have happened, ascending.
    List<Instant> minutes(TenantId tenant, Instant from, Instant until) {
        var found = new ArrayList<Instant>();
        for (var month = month(from); !month.isAfter(month(until)); month = month.plusMonths(1)) {
            tables.between(
                            Table.LIVE,
                            minutes(tenant, month),
                            MINUTE.format(from),
                            MINUTE.format(until),
                            false,
                            Integer.MAX_VALUE)
                    .forEach(item -> found.add(parse(item.sort())));
        }
        return found;
    }

    /// Closes the minute, and all before it, for good: when this returns, no entry will be added to them.
    void seal(TenantId tenant, Instant minute) {
        long through = minuteNumber(minute);
        for (int seal = 0; seal < SEALS; seal++) {
            tables.put(
                    Table.LIVE,
                    Item.of(seals(tenant), Integer.toString(seal)).number(THROUGH, through),
                    Condition.absentOrLess(THROUGH, through));
        }
    }

    /// Recordings that ended in this minute, whose last hash its checkpoint covers.
    List<SessionId> recordingsEnded(TenantId tenant, Instant minute) {
        return tables.list(Table.LIVE, partition(tenant, minute), ENDED_RECORDING).stream()
                .map(item -> new SessionId(item.sort().substring(ENDED_RECORDING.length())))
                .toList();
    }

    /// Adds to a transaction that the recording of a session has ended (or changed after its end), as something
    /// of this minute; from the second attempt on, of one that is open.
    void noteRecording(Transaction transaction, TenantId tenant, SessionId session, int attempt) {
        var at = open(tenant, attempt);
        note(tenant, at);
        transaction.put(Table.LIVE, Item.of(partition(tenant, at), ENDED_RECORDING + session.value()));
        checkOpen(transaction, tenant, at);
    }

    /// Now; when an attempt has failed, at least the first minute that is open.
    private Instant open(TenantId tenant, int attempt) {
        var now = tables.clock().instant();
        if (attempt == 0) {
            return now;
        }
        return tables.list(Table.LIVE, seals(tenant), "").stream()
                .map(seal -> Instant.ofEpochSecond(60 * (seal.number(THROUGH) + 1)))
                .filter(now::isBefore)
                .max(Instant::compareTo)
                .orElse(now);
    }

    private void checkOpen(Transaction transaction, TenantId tenant, Instant at) {
        transaction.check(
                Table.LIVE,
                seals(tenant),
                Integer.toString(ThreadLocalRandom.current().nextInt(SEALS)),
                Condition.absentOrLess(THROUGH, minuteNumber(at)),
                SEALED.reason(),
                SEALED.sentence());
    }

    private static long minuteNumber(Instant at) {
        return Math.floorDiv(at.getEpochSecond(), 60);
    }

    private static String seals(TenantId tenant) {
        return Keys.tenant(tenant) + "#SEALS";
    }

    private void note(TenantId tenant, Instant at) {
        noted.note(minutes(tenant, month(at)), MINUTE.format(at));
    }

    private static Item item(AuditEntry entry) {
        return Item.of(partition(entry.tenant(), Instant.ofEpochMilli(Ulid.epochMillis(entry.id()))), entry.id())
                .text("actor", entry.actor())
                .text("action", entry.action())
                .text("object", entry.object())
                .text("source", entry.source())
                .map("details", entry.details());
    }

    private static AuditEntry read(TenantId tenant, Item item) {
        return new AuditEntry(
                tenant,
                item.sort(),
                item.text("actor"),
                item.text("action"),
                item.text("object"),
                item.text("source"),
                item.map("details"));
    }

    private static String partition(TenantId tenant, Instant at) {
        return Keys.tenant(tenant) + "#AUDIT#" + MINUTE.format(at);
    }

    private static String minutes(TenantId tenant, YearMonth month) {
        return Keys.tenant(tenant) + "#MINUTES#" + month;
    }

    private static YearMonth month(Instant at) {
        return YearMonth.from(at.atZone(ZoneOffset.UTC));
    }

    private static Instant start(YearMonth month) {
        return month.atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private static Instant parse(String minute) {
        return java.time.LocalDateTime.parse(minute, DateTimeFormatter.ofPattern("yyyyMMddHHmm"))
                .toInstant(ZoneOffset.UTC)
                .truncatedTo(ChronoUnit.MINUTES);
    }

    /// Makes the lowest ULID of its time.
    private static final class Zeros implements java.util.random.RandomGenerator {
        @Override
        public long nextLong() {
            return 0;
        }
    }
}
