package dev.sallyport.edge.agents;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The calls of agents here that carry sessions of other edges.
final class LentCalls {

    private final Set<LentCall> calls = ConcurrentHashMap.newKeySet();

    /// Whether there is room for one more: as many as for sessions of this edge's own.
    boolean full() {
        return calls.size() >= Sessions.MOST;
    }

    void add(LentCall call) {
        calls.add(call);
    }

    void remove(LentCall call) {
        calls.remove(call);
    }

    int count() {
        return calls.size();
    }

    List<LentCall> all() {
        return List.copyOf(calls);
    }

    /// The agent's key was revoked.
    void revoked(Instance instance) {
        calls.stream().filter(call -> call.instance() == instance).forEach(LentCall::revoked);
    }

    void cutAll(String why) {
        calls.forEach(call -> call.cut(why));
    }
}
