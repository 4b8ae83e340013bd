package dev.sallyport.agent.tail;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// Events of a tail in memory.
final class MemoryPart implements Part {

    private final Deque<TailedEvent> events = new ArrayDeque<>();
    private long bytes;

    @Override
    public void add(TailedEvent event) {
        events.add(event);
        bytes += event.size();
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public boolean forget(long agentNumber, long edgeNumber) {
        while (!events.isEmpty() && events.getFirst().storedWith(agentNumber, edgeNumber)) {
            bytes -= events.remove().size();
        }
        return events.isEmpty();
    }

    @Override
    public void delete() {
        events.clear();
        bytes = 0;
    }

    /// The same events, for a reader that goes on while this part changes.
    MemoryPart copy() {
        var copy = new MemoryPart();
        copy.events.addAll(events);
        copy.bytes = bytes;
        return copy;
    }

    @Override
    public Reader read() {
        var left = events.iterator();
        return new Reader() {
            @Override
            public Optional<TailedEvent> next() {
                return left.hasNext() ? Optional.of(left.next()) : Optional.empty();
            }

            @Override
            public void close() {}
        };
    }
}
