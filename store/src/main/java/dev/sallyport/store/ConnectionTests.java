package dev.sallyport.store;

import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.connection.ConnectionTest;
import dev.sallyport.core.connection.TestStep;
import dev.sallyport.core.edge.Mail;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.TestId;
import dev.sallyport.store.Written.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Tests of connections: each a row that is gone after [ConnectionTest#KEPT].
///
/// A test is asked for once, taken by one edge once, and ends once: the first outcome that is written stays.
public final class ConnectionTests {

    private static final String TEST = "TEST";
    private static final String TAKEN = "takenBy";
    private static final String ENDED = "ended";
    private static final String STEPS = "steps";
    private static final String THERE = "The test is there already.";

    private final Tables tables;
    private final AuditLog audit;
    private final Outbox outbox;

    ConnectionTests(Tables tables, AuditLog audit, Outbox outbox) {
        this.tables = tables;
        this.audit = audit;
        this.outbox = outbox;
    }

    /// Asks an edge, to which the connection's agent is attached, for a test: the row, the audit entry and the
    /// edge's mail, all or none.
    public Written<ConnectionTest> ask(Actor actor, ConnectionTest test, EdgeId edge) {
        var transaction = new Transaction(tables).put(Table.LIVE, item(test), Condition.absent(), Reason.TAKEN, THERE);
        var owed = outbox.owe(transaction, new Mail.TestConnection(test.tenant(), test.id()), Optional.of(edge));
        var details = details(test);
        details.put("edge", edge.value());
        var refused = audit.commit(
                transaction,
                new AuditLog.Draft(
                        test.tenant(),
                        actor,
                        "connection.test.asked",
                        test.connection().value(),
                        details));
        if (refused.isPresent()) {
            return refused.get().refused();
        }
        outbox.deliver(List.of(owed));
        return new Written.Done<>(test);
    }

    /// Writes a test that has ended before anybody could be asked.
    public Written<ConnectionTest> ended(Actor actor, ConnectionTest test) {
        var transaction = new Transaction(tables).put(Table.LIVE, item(test), Condition.absent(), Reason.TAKEN, THERE);
        return audit.commit(transaction, ended(actor, test, test.end().orElseThrow()))
                .<Written<ConnectionTest>>map(Transaction.Meaning::refused)
                .orElseGet(() -> new Written.Done<>(test));
    }

    /// Takes a test that this edge has mail about; empty when it was taken before, has ended, or is too old to be
    /// begun.
    public Optional<ConnectionTest> take(TenantId tenant, TestId id, EdgeId edge) {
        var found = get(tenant, id);
        if (found.isEmpty() || found.get().endAt(tables.clock().instant()).isPresent()) {
            return Optional.empty();
        }
        var refused = new Transaction(tables)
                .set(
                        Table.LIVE,
                        partition(tenant, id),
                        TEST,
                        Item.of("", "").text(TAKEN, edge.value()).set(),
                        Condition.without(TAKEN),
                        Reason.TAKEN,
                        "The test is taken already.")
                .commit();
        return refused.isEmpty() ? found : Optional.empty();
    }

    /// Writes how a test went; `false` when it had ended already.
    public boolean end(Actor actor, ConnectionTest test, ConnectionTest.End end) {
        var attributes = Item.of("", "");
        write(attributes, end);
        var transaction = new Transaction(tables)
                .set(
                        Table.LIVE,
                        partition(test.tenant(), test.id()),
                        TEST,
                        attributes.set(),
                        Condition.without(ENDED),
                        Reason.STALE,
                        "The test has ended already.");
        return audit.commit(transaction, ended(actor, test, end)).isEmpty();
    }

    public Optional<ConnectionTest> get(TenantId tenant, TestId id) {
        return tables.get(Table.LIVE, partition(tenant, id), TEST).map(item -> read(tenant, id, item));
    }

    private static AuditLog.Draft ended(Actor actor, ConnectionTest test, ConnectionTest.End end) {
        var details = details(test);
        details.put("outcome", end.passed() ? "passed" : "failed");
        end.failure().ifPresent(step -> {
            details.put("step", step.name());
            details.put("sentence", step.sentence());
        });
        return new AuditLog.Draft(
                test.tenant(), actor, "connection.test.ended", test.connection().value(), details);
    }

    private static Map<String, String> details(ConnectionTest test) {
        var details = new LinkedHashMap<String, String>();
        details.put("test", test.id().value());
        details.put("name", test.connectionName().value());
        details.put("agent", test.agent().value());
        return details;
    }

    private static Item item(ConnectionTest test) {
        var item = Item.of(partition(test.tenant(), test.id()), TEST)
                .text("connection", test.connection().value())
                .text("connectionName", test.connectionName().value())
                .text("agent", test.agent().value())
                .text("by", test.by())
                .time("asked", test.asked())
                .expires(Optional.of(test.asked().plus(ConnectionTest.KEPT)));
        test.end().ifPresent(end -> write(item, end));
        return item;
    }

    private static void write(Item item, ConnectionTest.End end) {
        var steps = new ArrayList<String>();
        for (var step : end.steps()) {
            steps.add(step.name() + " " + (step.passed() ? "passed" : "failed") + " "
                    + step.took().toMillis() + " " + step.sentence());
        }
        item.inOrder(STEPS, steps).time(ENDED, end.at());
    }

    private static ConnectionTest read(TenantId tenant, TestId id, Item item) {
        return new ConnectionTest(
                tenant,
                id,
                new ConnectionId(item.text("connection")),
                new ConnectionName(item.text("connectionName")),
                new AgentId(item.text("agent")),
                item.text("by"),
                item.time("asked"),
                item.has(ENDED) ? Optional.of(end(item.texts(STEPS), item.time(ENDED))) : Optional.empty());
    }

    private static ConnectionTest.End end(List<String> texts, Instant at) {
        var steps = new ArrayList<TestStep>();
        for (var text : texts) {
            var words = text.split(" ", 4);
            steps.add(new TestStep(
                    words[0], words[1].equals("passed"), words[3], Duration.ofMillis(Long.parseLong(words[2]))));
        }
        return new ConnectionTest.End(steps, at);
    }

    private static String partition(TenantId tenant, TestId id) {
        return Keys.tenant(tenant) + "#TEST#" + id.value();
    }
}
