package dev.sallyport.store;

import dev.sallyport.core.edge.EdgeAddress;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.store.Written.Reason;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The edges of the cell and their leases.
///
/// A lease is a counter that its edge raises every second. Others judge it by watching it change on their own
/// clock, never by comparing clocks. Whoever sees that it stands still takes the edge over: the lease is
/// deleted in the state in which it stood, so an edge that comes back finds that it has none, and ends what it
/// holds.
public final class Edges {

    /// What stands for the beat of an edge that has no lease.
    public static final long NO_LEASE = -1;

    private static final String BEAT = "beat";

    private final Tables tables;

    Edges(Tables tables) {
        this.tables = tables;
    }

    /// A session that an edge holds, or held.
    public record Held(TenantId tenant, SessionId session) {}

    /// Registers an edge, with its lease. From here on it gets mail.
    public void register(EdgeAddress edge) {
        new Transaction(tables)
                .put(
                        Table.LIVE,
                        Item.of(Directory.EDGES, edge.id().value())
                                .text("address", edge.address())
                                .time("started", edge.started()))
                .put(
                        Table.LIVE,
                        Item.of(Directory.edge(edge.id()), Directory.LEASE).number(BEAT, 0))
                .commit();
    }

    /// Raises the edge's beat; `false` when it has no lease any longer.
    public boolean beat(EdgeId edge) {
        return tables.increment(Table.LIVE, Directory.edge(edge), Directory.LEASE, BEAT)
                .isPresent();
    }

    public List<EdgeAddress> registered() {
        return tables.list(Table.LIVE, Directory.EDGES, Directory.EDGE_HEAD).stream()
                .map(item -> new EdgeAddress(new EdgeId(item.sort()), item.text("address"), item.time("started")))
                .toList();
    }

    /// The beat of every registered edge; [#NO_LEASE] for one whose lease is gone and whose closing is not
    /// finished.
    public Map<EdgeId, Long> beats() {
        var beats = new HashMap<EdgeId, Long>();
        registered().forEach(edge -> beats.put(edge.id(), NO_LEASE));
        tables.getAll(
                        Table.LIVE,
                        beats.keySet().stream()
                                .map(edge -> Item.of(Directory.edge(edge), Directory.LEASE))
                                .toList())
                .forEach(item ->
                        beats.put(new EdgeId(item.partition().substring(Directory.EDGES.length())), item.number(BEAT)));
        return beats;
    }

    /// Whether the edge has a lease: it lives, or nobody has seen yet that it does not.
    public boolean hasLease(EdgeId edge) {
        return tables.get(Table.LIVE, Directory.edge(edge), Directory.LEASE).isPresent();
    }

    /// Ends the lease of an edge whose beat still is `seen`; `false` when it has beaten since.
    public boolean takeOver(EdgeId edge, long seen) {
        return seen < 0
                || tables.delete(Table.LIVE, Directory.edge(edge), Directory.LEASE, Condition.number(BEAT, seen));
    }

    /// The sessions that the edge holds or, when it was lost, held.
    public List<Held> sessions(EdgeId edge) {
        return tables.list(Table.LIVE, Directory.edge(edge), Directory.SESSION).stream()
                .map(item -> new Held(
                        new TenantId(item.text("tenant")),
                        new SessionId(item.sort().substring(Directory.SESSION.length()))))
                .toList();
    }

    /// Removes a session that has ended from those of its edge.
    public void release(EdgeId edge, SessionId session) {
        tables.delete(Table.LIVE, Directory.edge(edge), Directory.SESSION + session.value(), Condition.none());
    }

    /// Removes an edge that was taken over and closed; `false` when it has come back with a new lease.
    public boolean forgetLost(EdgeId edge) {
        var gone = new Transaction(tables)
                .check(
                        Table.LIVE,
                        Directory.edge(edge),
                        Directory.LEASE,
                        Condition.absent(),
                        Reason.STALE,
                        "the edge has come back")
                .delete(Table.LIVE, Directory.EDGES, edge.value())
                .commit()
                .isEmpty();
        if (gone) {
            deleteMail(edge);
        }
        return gone;
    }

    /// Removes an edge that ends by itself: its lease, its place in the registry, its mail.
    public void forget(EdgeId edge) {
        tables.delete(Table.LIVE, Directory.edge(edge), Directory.LEASE, Condition.none());
        tables.delete(Table.LIVE, Directory.EDGES, edge.value(), Condition.none());
        deleteMail(edge);
    }

    private void deleteMail(EdgeId edge) {
        for (var mail : tables.list(Table.LIVE, Directory.edge(edge), Directory.MAIL)) {
            tables.delete(Table.LIVE, mail.partition(), mail.sort(), Condition.none());
        }
    }

    /// Gives a duty of the whole cell (sealing, sweeping) to one edge: whether `edge` has it now.
    ///
    /// An edge keeps its duties while it is registered.
    public boolean hold(String duty, EdgeId edge) {
        var item = Directory.duty(duty);
        var holder = tables.get(Table.LIVE, item.partition(), item.sort()).map(found -> found.text("edge"));
        if (holder.equals(Optional.of(edge.value()))) {
            return true;
        }
        if (holder.isPresent()
                && registered().stream().anyMatch(other -> other.id().value().equals(holder.get()))) {
            return false;
        }
        return tables.put(
                Table.LIVE,
                item.text("edge", edge.value()),
                holder.map(old -> Condition.text("edge", old)).orElseGet(Condition::absent));
    }

    /// Adds to the transaction of a session's start that the edge holds it.
    static void holds(Transaction transaction, EdgeId edge, TenantId tenant, SessionId session) {
        transaction.put(
                Table.LIVE,
                Item.of(Directory.edge(edge), Directory.SESSION + session.value())
                        .text("tenant", tenant.value()),
                Condition.absent(),
                Reason.TAKEN,
                "the session is there already");
    }

    static void released(Transaction transaction, EdgeId edge, SessionId session) {
        transaction.delete(Table.LIVE, Directory.edge(edge), Directory.SESSION + session.value());
    }
}
