package dev.sallyport.core.recording.export;

import dev.sallyport.core.recording.Event;

/// Writes the messages of ours that a recording holds as sentences in the way that the user saw them: `sally: `
/// in front, on a line of their own.
///
/// Feed it all events in order.
public final class OurMessages {

    private boolean terminal;
    private boolean midLine;

    /// What the user saw of this event, when it is a [Event.Kind#MESSAGE]; else nothing.
    public String seen(Event event) {
        return switch (event.kind()) {
            case MESSAGE -> {
                var line = (terminal && midLine ? "\r\n" : "") + "sally: " + event.text() + (terminal ? "\r\n" : "\n");
                midLine = false;
                yield line;
            }
            case OUTPUT, ERROR -> {
                midLine = event.bytes().length > 0 ? event.bytes()[event.bytes().length - 1] != '\n' : midLine;
                yield "";
            }
            case RESIZE -> {
                terminal = true;
                yield "";
            }
            case INPUT,
                    HIDDEN_INPUT,
                    END_OF_INPUT,
                    SIGNAL,
                    REQUEST,
                    FILE,
                    STATEMENT,
                    ANSWER,
                    EXIT,
                    PASSED,
                    END,
                    RECOVERED -> "";
        };
    }
}
