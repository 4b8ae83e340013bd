package dev.sallyport.store;

import dev.sallyport.core.edge.Mail;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.Ulid;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Mail that is owed: written in the transaction of the fact that it tells, and deleted when every edge has it.
///
/// Whoever wrote the fact delivers at once. What it left behind when it died is delivered by [#sweep].
public final class Outbox {

    /// Age from which the sweep takes an item as left behind.
    public static final Duration LEFT_BEHIND = Duration.ofSeconds(10);

    /// How far back the sweep looks. Edges learn of older facts by re-judging their sessions anyway.
    public static final Duration FURTHEST = Duration.ofMinutes(15);

    private static final Duration KEPT = Duration.ofDays(1);

    private final Tables tables;
    private final Edges edges;
    private final Mailboxes mailboxes;

    Outbox(Tables tables, Edges edges, Mailboxes mailboxes) {
        this.tables = tables;
        this.edges = edges;
        this.mailboxes = mailboxes;
    }

    /// One mail that is owed.
    ///
    /// @param edge whom it is for; empty: every edge
    record Owed(Item item, Mail mail, Optional<EdgeId> edge) {}

    /// Adds the mail to the transaction of its fact.
    Owed owe(Transaction transaction, Mail mail, Optional<EdgeId> edge) {
        var now = tables.clock().instant();
        var id = Ulid.next(now.toEpochMilli());
        var item = Item.of(Directory.due(now, Math.floorMod(id.hashCode(), Directory.DUE_SHARDS)), id);
        Mailboxes.write(item, mail);
        edge.ifPresent(one -> item.text("edge", one.value()));
        item.expires(Optional.of(now.plus(KEPT)));
        transaction.put(Table.LIVE, item);
        return new Owed(item, mail, edge);
    }

    /// Puts the mail into every mailbox that it is for, then forgets that it was owed.
    ///
    /// @throws StoreUnavailable when it did not get everywhere; it stays owed
    void deliver(List<Owed> owed) {
        if (owed.isEmpty()) {
            return;
        }
        var everybody = edges.registered().stream().map(edge -> edge.id()).toList();
        for (var one : owed) {
            for (var edge : one.edge().map(List::of).orElse(everybody)) {
                mailboxes.put(edge, one.mail());
            }
            tables.delete(Table.LIVE, one.item().partition(), one.item().sort(), Condition.none());
        }
    }

    /// Delivers what was left behind, and returns how many there were.
    public int sweep() {
        int delivered = 0;
        var now = tables.clock().instant();
        for (var minute = now.minus(FURTHEST).truncatedTo(ChronoUnit.MINUTES);
                !minute.isAfter(now);
                minute = minute.plus(1, ChronoUnit.MINUTES)) {
            delivered += sweep(minute, now);
        }
        return delivered;
    }

    private int sweep(Instant minute, Instant now) {
        var owed = new ArrayList<Owed>();
        for (int shard = 0; shard < Directory.DUE_SHARDS; shard++) {
            for (var item : tables.list(Table.LIVE, Directory.due(minute, shard), "")) {
                if (Ulid.epochMillis(item.sort()) <= now.minus(LEFT_BEHIND).toEpochMilli()) {
                    owed.add(new Owed(
                            item,
                            Mailboxes.read(item),
                            item.optionalText("edge").map(EdgeId::new)));
                }
            }
        }
        deliver(owed);
        return owed.size();
    }
}
