package dev.sallyport.edge.relay;

import dev.sallyport.core.link.Frame;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;

/// One `Carry` call between an edge and the agent: two queues of frames, of which a part is lost when it
/// breaks.
final class Wire {

    final SimulatedEdge edge;
    final Deque<Frame> toEdge = new ArrayDeque<>();
    final Deque<Frame> toAgent = new ArrayDeque<>();
    boolean dead;

    Wire(SimulatedEdge edge) {
        this.edge = edge;
    }

    boolean isEmpty() {
        return toEdge.isEmpty() && toAgent.isEmpty();
    }

    /// It breaks; some of what is under way may still arrive.
    void cut(Random random) {
        if (!dead) {
            dead = true;
            shorten(toEdge, random);
            shorten(toAgent, random);
        }
    }

    private static void shorten(Deque<Frame> flight, Random random) {
        int arrives = flight.isEmpty() ? 0 : random.nextInt(flight.size() + 1);
        while (flight.size() > arrives) {
            flight.removeLast();
        }
    }
}
