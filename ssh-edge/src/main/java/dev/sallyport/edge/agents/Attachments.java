package dev.sallyport.edge.agents;

import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// The instances that are attached to this edge, by agent.
final class Attachments {

    /// Most instances of one agent on one edge (`agents.instances`).
    static final int MOST_INSTANCES = 64;

    /// What came of looking for an idle call.
    sealed interface Taken {

        record Call(Instance instance, CarryCall call) implements Taken {}

        /// No instance of the agent is here.
        record NotAttached() implements Taken {}

        /// No idle call in time.
        record NoneIdle() implements Taken {}
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<AgentId, List<Instance>> attached = new HashMap<>();
    private final Consumer<Instance> whenRemoved;
    private long turn;

    Attachments(Consumer<Instance> whenRemoved) {
        this.whenRemoved = whenRemoved;
    }

    /// Adds an instance. The same instance attaches again when its connection broke without our knowing: the
    /// former attachment is returned, to be closed.
    ///
    /// @throws IllegalStateException when the agent has too many
    Optional<Instance> add(Instance instance) {
        lock.lock();
        try {
            var ofAgent = attached.computeIfAbsent(instance.agent().agent(), agent -> new ArrayList<>());
            var former = ofAgent.stream()
                    .filter(other -> other.id().equals(instance.id()))
                    .findFirst();
            if (former.isEmpty() && ofAgent.size() >= MOST_INSTANCES) {
                throw new IllegalStateException("an agent has at most " + MOST_INSTANCES + " instances on one edge");
            }
            ofAgent.add(instance);
            changed.signalAll();
            return former;
        } finally {
            lock.unlock();
        }
    }

    void remove(Instance instance) {
        lock.lock();
        try {
            attached.computeIfPresent(instance.agent().agent(), (agent, instances) -> {
                instances.remove(instance);
                return instances.isEmpty() ? null : instances;
            });
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        whenRemoved.accept(instance);
    }

    /// Something changed that a waiting [#take] may want to know.
    void changed() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Takes an idle call of the agent, of its instances in turn; waits for one if there is none.
    Taken take(AgentId agent, TenantId tenant, Duration longest) throws InterruptedException {
        long left = longest.toNanos();
        lock.lockInterruptibly();
        try {
            while (true) {
                var instances = attached.getOrDefault(agent, List.of()).stream()
                        .filter(instance -> instance.agent().tenant().equals(tenant) && !instance.draining())
                        .toList();
                if (instances.isEmpty()) {
                    return new Taken.NotAttached();
                }
                turn++;
                for (int i = 0; i < instances.size(); i++) {
                    var instance = instances.get((int) ((turn + i) % instances.size()));
                    var call = instance.takeIdle();
                    if (call.isPresent()) {
                        return new Taken.Call(instance, call.get());
                    }
                }
                if (left <= 0) {
                    return new Taken.NoneIdle();
                }
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    List<Instance> of(AgentId agent) {
        lock.lock();
        try {
            return List.copyOf(attached.getOrDefault(agent, List.of()));
        } finally {
            lock.unlock();
        }
    }

    List<Instance> all() {
        lock.lock();
        try {
            return attached.values().stream().flatMap(List::stream).toList();
        } finally {
            lock.unlock();
        }
    }
}
