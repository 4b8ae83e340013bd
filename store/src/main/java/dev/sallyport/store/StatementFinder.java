package dev.sallyport.store;

import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.statement.IndexedStatement;
import dev.sallyport.core.statement.StatementSearch;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// One search over a tenant's statements, newest first, day by day.
///
/// One user's statements are found by reading that user's alone: how much, and how long it takes, hangs on nothing
/// of anybody else's. Over all users, the places of the rarest words are walked together. How much one search reads is
/// bounded, and what it did not come to, the next one goes on with. Each text that is shown was held against the
/// whole search, and its recording is not deleted.
public final class StatementFinder {

    /// Items that one search reads at most.
    static final int MOST_READ = 4_000;

    /// Queries of one search.
    static final int MOST_QUERIES = 300;

    /// Sessions with gaps that one search names.
    static final int MOST_GAPS = 20;

    /// Gaps that are looked at for those.
    private static final int GAPS_READ = 100;

    /// Words that are looked up; the others are held against the text.
    private static final int MOST_LOOKED_UP = 4;

    /// How much denser than the rarest a list is that is not walked.
    private static final int MUCH_DENSER = 8;

    private static final int SMALLEST_READ = 32;
    private static final int LARGEST_READ = 512;

    /// Time, and behind it, except of a cursor that stands between two days, session and number.
    private static final Pattern CURSOR = Pattern.compile("[0-9]{13}(#ses_[0-9a-z]{26}#[0-9]{10,19}!?)?");

    /// @param user only this one's
    /// @param since inclusive
    /// @param until exclusive
    public record Query(
            StatementSearch search,
            Optional<UserId> user,
            Optional<ConnectionName> connection,
            Optional<String> verdict,
            Instant since,
            Instant until,
            int limit) {}

    /// What was found.
    ///
    /// @param items newest first; may be fewer than asked for, or none, with more to come
    /// @param cursor what goes on from here; empty: all of the time that was asked for has been searched
    /// @param searchedTo everything between then and the end of the time that was asked for has been searched
    /// @param gaps sessions of that time of which statements are not in the index, the newest
    public record Found(
            List<IndexedStatement> items, Optional<String> cursor, Instant searchedTo, List<Statements.Gap> gaps) {

        public Found {
            items = List.copyOf(items);
            gaps = List.copyOf(gaps);
        }
    }

    private final Tables tables;
    private final Statements statements;
    private final TenantId tenant;
    private final Query query;
    private final List<IndexedStatement> found = new ArrayList<>();
    private int read;
    private int queries;

    StatementFinder(Tables tables, Statements statements, TenantId tenant, Query query) {
        this.tables = tables;
        this.statements = statements;
        this.tenant = tenant;
        this.query = query;
    }

    Found find(Optional<String> cursor) {
        var gaps = cursor.isPresent() ? List.<Statements.Gap>of() : gaps();
        var newest = Statements.millis(query.until());
        var below = cursor.map(StatementFinder::checked)
                .filter(asked -> asked.compareTo(newest) < 0)
                .orElse(newest);
        var lowest = Statements.millis(query.since());
        if (below.compareTo(lowest) <= 0) {
            return new Found(List.of(), Optional.empty(), query.since(), gaps);
        }
        var oldest = Statements.day(query.since());
        // what is exactly at midnight belongs to the day that begins, and is not below it
        for (var day = Statements.day(time(below)); !day.isBefore(oldest); day = day.minusDays(1)) {
            var reached = query.user().isPresent()
                    ? ofUser(query.user().get(), day, lowest, below)
                    : ofAll(day, lowest, below);
            if (reached.isPresent()) {
                return new Found(shown(), reached, time(reached.get()), gaps);
            }
            var next = Statements.millis(day.atStartOfDay(ZoneOffset.UTC).toInstant());
            below = next;
            if (!spent() || day.equals(oldest)) {
                continue;
            }
            return new Found(shown(), Optional.of(next), time(next), gaps);
        }
        return new Found(shown(), Optional.empty(), query.since(), gaps);
    }

    private static String checked(String cursor) {
        if (!CURSOR.matcher(cursor).matches()) {
            throw new BadCursor();
        }
        return cursor;
    }

    private static Instant time(String position) {
        return Instant.ofEpochMilli(Long.parseLong(position.substring(0, 13)));
    }

    private boolean spent() {
        return read >= MOST_READ || queries >= MOST_QUERIES;
    }

    /// Reads a user's statements of a day; where it stopped, when it did before their end.
    private Optional<String> ofUser(UserId user, LocalDate day, String lowest, String below) {
        var list = new Descending(Statements.ofUser(tenant, user, day), lowest);
        var bound = below;
        while (true) {
            var next = list.next(bound);
            if (next.isEmpty()) {
                return list.exhausted ? Optional.empty() : Optional.of(bound);
            }
            bound = next.get().sort();
            if (wanted(next.get())) {
                take(Statements.read(next.get()));
                if (found.size() == query.limit()) {
                    return Optional.of(bound);
                }
            }
        }
    }

    /// Walks the places of the rarest words of a day; where it stopped, when it did before their end.
    private Optional<String> ofAll(LocalDate day, String lowest, String below) {
        var lists = new ArrayList<Descending>();
        for (var word : query.search().lookups()) {
            var list = new Descending(Statements.ofWord(tenant, word, day), lowest);
            if (list.next(below).isEmpty()) {
                return list.exhausted ? Optional.empty() : Optional.of(below);
            }
            lists.add(list);
        }
        var rarest = worthWalking(lists);
        var bound = below;
        var candidates = new ArrayList<Item>();
        while (true) {
            var next = common(rarest, bound);
            next.candidate().filter(this::wanted).ifPresent(candidates::add);
            boolean over = next.candidate().isEmpty();
            if (over || candidates.size() >= query.limit()) {
                var full = check(day, candidates);
                candidates.clear();
                if (full.isPresent()) {
                    return full;
                }
            }
            if (over) {
                return next.stoppedAt();
            }
            bound = next.candidate().get().sort();
        }
    }

    /// The rarest lists: of those of which as much was read, the ones that go back farthest. One that is much denser
    /// than
    /// the rarest is left out, because it is cheaper to read a text than to look for its place there.
    private static List<Descending> worthWalking(List<Descending> lists) {
        lists.sort(Comparator.comparing(Descending::oldestRead));
        long newest = lists.stream().mapToLong(Descending::newestRead).max().orElseThrow();
        var rarest = lists.getFirst();
        return lists.stream()
                .filter(list -> list == rarest || list.span(newest) * MUCH_DENSER >= rarest.span(newest))
                .limit(MOST_LOOKED_UP)
                .toList();
    }

    /// The next place that all lists have.
    ///
    /// @param stoppedAt where reading stopped, when it did before the end of the lists
    private record Common(Optional<Item> candidate, Optional<String> stoppedAt) {}

    private Common common(List<Descending> lists, String below) {
        var bound = below;
        while (true) {
            Optional<Item> candidate = Optional.empty();
            boolean all = true;
            for (var list : lists) {
                // "!" is below every character that goes on after a key
                var next = list.next(candidate.map(item -> item.sort() + "!").orElse(bound));
                if (next.isEmpty()) {
                    return new Common(
                            Optional.empty(),
                            list.exhausted
                                    ? Optional.empty()
                                    : Optional.of(candidate
                                            .map(item -> item.sort() + "!")
                                            .orElse(bound)));
                }
                if (candidate.isPresent()
                        && !next.get().sort().equals(candidate.get().sort())) {
                    all = false;
                }
                candidate = next;
            }
            if (all) {
                return new Common(candidate, Optional.empty());
            }
            bound = candidate.map(item -> item.sort() + "!").orElse(bound);
        }
    }

    /// Reads the candidates and takes those that match; where it stopped, when the page was full.
    private Optional<String> check(LocalDate day, List<Item> candidates) {
        var keys = candidates.stream()
                .map(place -> Item.of(Statements.ofUser(tenant, new UserId(place.text("user")), day), place.sort()))
                .toList();
        read += keys.size();
        Map<String, Item> there =
                tables.getAll(Table.LIVE, keys).stream().collect(Collectors.toMap(Item::sort, item -> item));
        for (var candidate : candidates) {
            var item = Optional.ofNullable(there.get(candidate.sort()));
            item.ifPresent(statement -> take(Statements.read(statement)));
            if (found.size() == query.limit()) {
                return Optional.of(candidate.sort());
            }
        }
        return Optional.empty();
    }

    private boolean wanted(Item item) {
        return query.connection()
                        .map(name -> name.value().equals(item.text("connectionName")))
                        .orElse(true)
                && query.verdict()
                        .map(verdict -> verdict.equals(item.text("verdict")))
                        .orElse(true);
    }

    private void take(IndexedStatement statement) {
        if (query.search().matches(statement.text())) {
            found.add(statement);
        }
    }

    /// Without those whose recording is deleted: its statements leave the index a little later.
    private List<IndexedStatement> shown() {
        var there = notDeleted(found.stream().map(IndexedStatement::session).collect(Collectors.toSet()));
        return found.stream()
                .filter(statement -> there.contains(statement.session()))
                .toList();
    }

    private Set<SessionId> notDeleted(Collection<SessionId> sessions) {
        var keys = sessions.stream()
                .map(session -> Item.of(Keys.session(tenant, session), Keys.RECORDING))
                .toList();
        var partitions = tables.getAll(Table.LIVE, keys).stream()
                .filter(item -> !item.has(Recordings.DELETED_AT))
                .map(Item::partition)
                .collect(Collectors.toSet());
        var there = new HashSet<SessionId>();
        for (var session : sessions) {
            if (partitions.contains(Keys.session(tenant, session))) {
                there.add(session);
            }
        }
        return there;
    }

    private List<Statements.Gap> gaps() {
        return statements.gaps(tenant, query.user(), GAPS_READ).stream()
                .filter(gap -> !gap.at().isBefore(query.since()))
                .filter(gap -> Instant.ofEpochMilli(gap.session().epochMillis()).isBefore(query.until()))
                .filter(gap -> query.connection().map(gap.connection()::equals).orElse(true))
                .limit(MOST_GAPS)
                .toList();
    }

    /// A partition, read downwards piece by piece.
    private final class Descending {

        private final String partition;
        private final String lowest;
        private final ArrayDeque<Item> ahead = new ArrayDeque<>();
        private int size = SMALLEST_READ;

        /// Sort key of what was read last; it may be read once more.
        private String oldestRead = "~";

        /// Whether what is ahead is all that is left; otherwise an empty answer says that the search is spent.
        private boolean exhausted;

        Descending(String partition, String lowest) {
            this.partition = partition;
            this.lowest = lowest;
        }

        /// The highest item below the bound, which never goes up; it stays ahead. Empty: there is none, or the
        /// search is spent.
        Optional<Item> next(String below) {
            while (true) {
                while (!ahead.isEmpty() && ahead.getFirst().sort().compareTo(below) >= 0) {
                    ahead.removeFirst();
                }
                if (!ahead.isEmpty() || exhausted || spent()) {
                    return Optional.ofNullable(ahead.peekFirst());
                }
                boolean jumped = below.compareTo(oldestRead) < 0;
                if (jumped) {
                    size = SMALLEST_READ;
                }
                var from = jumped ? below : oldestRead;
                var some = tables.stretch(Table.LIVE, partition, lowest, from, true, size);
                queries++;
                read += Math.max(1, some.items().size());
                exhausted = some.cursor().isEmpty();
                oldestRead = some.cursor().orElse("");
                ahead.addAll(some.items());
                size = Math.min(LARGEST_READ, 2 * size);
            }
        }

        String oldestRead() {
            return oldestRead;
        }

        /// Milliseconds; of a list that has something ahead.
        long newestRead() {
            return time(ahead.getFirst().sort()).toEpochMilli();
        }

        /// How many milliseconds what was read goes back.
        long span(long newest) {
            return oldestRead.isEmpty()
                    ? Long.MAX_VALUE / MUCH_DENSER
                    : newest - time(oldestRead).toEpochMilli();
        }
    }
}
