package dev.sallyport.core.recording;

/// How many bytes of each stream a recording has so far. Not for several threads at once.
public final class StreamOffsets {

    private long input;
    private long output;
    private long error;

    /// The offset that the next event of `kind` has.
    public long next(Event.Kind kind) {
        return switch (kind) {
            case OUTPUT -> output;
            case ERROR -> error;
            case INPUT, HIDDEN_INPUT -> input;
            case END_OF_INPUT,
                    RESIZE,
                    SIGNAL,
                    REQUEST,
                    MESSAGE,
                    FILE,
                    STATEMENT,
                    ANSWER,
                    EXIT,
                    PASSED,
                    END,
                    RECOVERED -> 0;
        };
    }

    /// Takes note of an event: what it covers is recorded now.
    public void passed(Event event) {
        reached(event.kind(), event.offset() + event.covers());
    }

    /// Takes note that the stream of `kind` is recorded up to `offset`.
    public void reached(Event.Kind kind, long offset) {
        switch (kind) {
            case OUTPUT -> output = offset;
            case ERROR -> error = offset;
            case INPUT, HIDDEN_INPUT -> input = offset;
            case END_OF_INPUT,
                    RESIZE,
                    SIGNAL,
                    REQUEST,
                    MESSAGE,
                    FILE,
                    STATEMENT,
                    ANSWER,
                    EXIT,
                    PASSED,
                    END,
                    RECOVERED -> {
                // of no stream
            }
        }
    }
}
