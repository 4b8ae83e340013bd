package dev.sallyport.core.recording.export;

import dev.sallyport.core.recording.Event;
import dev.sallyport.core.recording.Event.Kind;
import dev.sallyport.core.recording.Events;
import dev.sallyport.core.recording.StreamOffsets;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/// A recording's events, told by a test; half a second apart.
final class Told implements Events {

    static final long START = 1_700_000_000_000_000L;

    private final List<Event> events = new ArrayList<>();
    private final StreamOffsets offsets = new StreamOffsets();
    private Optional<Iterator<Event>> left = Optional.empty();

    Told add(Kind kind, String text) {
        return add(kind, text.getBytes(StandardCharsets.UTF_8));
    }

    Told add(Kind kind, byte[] bytes) {
        var event = new Event(events.size(), kind, offsets.next(kind), START + 500_000L * events.size(), bytes);
        offsets.passed(event);
        events.add(event);
        return this;
    }

    @Override
    public Optional<Event> next() {
        if (left.isEmpty()) {
            left = Optional.of(events.iterator());
        }
        return left.get().hasNext() ? Optional.of(left.get().next()) : Optional.empty();
    }
}
