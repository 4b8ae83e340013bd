package dev.sallyport.edge.relay;

import dev.sallyport.core.link.Message.Stream;
import dev.sallyport.core.recording.Event;
import dev.sallyport.edge.recorder.Recorder.Recording;
import dev.sallyport.edge.recorder.Recorder.RecordingFailed;
import dev.sallyport.edge.statements.StatementIndex;
import java.nio.charset.StandardCharsets;

/// Writes what passes through one session into its recording, at the recording's level.
///
/// On a connection whose recording is required every failure reaches the caller, who lets nothing through. On a
/// *best effort* connection the first failure stops the recording, `lost` is told, and the session goes on.
final class Tape {

    private final Recording recording;
    private final boolean keepsBytes;
    private final boolean required;
    private final Runnable lost;
    private final StatementIndex.OfSession statements;
    private final Passage inputPassage;
    private final Passage outputPassage;
    private final Passage errorPassage;

    private volatile boolean broken;

    /// @param keepsBytes whether what passes is kept, or only counted and hashed
    /// @param statements what is told of statements once they are recorded
    Tape(
            Recording recording,
            boolean keepsBytes,
            boolean required,
            int passedLimit,
            Runnable lost,
            StatementIndex.OfSession statements) {
        this.recording = recording;
        this.keepsBytes = keepsBytes;
        this.required = required;
        this.lost = lost;
        this.statements = statements;
        this.inputPassage = new Passage(Stream.INPUT, recording, passedLimit);
        this.outputPassage = new Passage(Stream.OUTPUT, recording, passedLimit);
        this.errorPassage = new Passage(Stream.ERROR, recording, passedLimit);
    }

    /// What the user sent, which will go out as the message `edgeNumber`.
    ///
    /// @param hidden the terminal does not echo it: its length is all that is kept
    void input(byte[] bytes, boolean hidden, long edgeNumber) throws RecordingFailed {
        writing(() -> {
            if (!keepsBytes) {
                inputPassage.add(bytes, 0, edgeNumber);
            } else if (hidden) {
                recording.append(Event.Kind.HIDDEN_INPUT, text(Integer.toString(bytes.length)), 0, edgeNumber);
            } else {
                recording.append(Event.Kind.INPUT, bytes, 0, edgeNumber);
            }
        });
    }

    /// What the target sent, in the message `agentNumber`, and the user will be shown.
    void output(Stream stream, byte[] bytes, long agentNumber) throws RecordingFailed {
        writing(() -> {
            if (!keepsBytes) {
                (stream == Stream.ERROR ? errorPassage : outputPassage).add(bytes, agentNumber, 0);
            } else {
                recording.append(stream == Stream.ERROR ? Event.Kind.ERROR : Event.Kind.OUTPUT, bytes, agentNumber, 0);
            }
        });
    }

    /// Anything else that happened.
    void note(Event.Kind kind, String text, long agentNumber, long edgeNumber) throws RecordingFailed {
        writing(() -> {
            recording.append(kind, text(text), agentNumber, edgeNumber);
            if (kind == Event.Kind.STATEMENT) {
                statements.recorded(text);
            }
        });
    }

    /// What was counted until now becomes an event.
    void flush() throws RecordingFailed {
        writing(() -> {
            inputPassage.flush();
            outputPassage.flush();
            errorPassage.flush();
        });
    }

    private interface Write {
        void run() throws RecordingFailed;
    }

    private void writing(Write write) throws RecordingFailed {
        if (broken && !required) {
            return;
        }
        try {
            write.run();
        } catch (RecordingFailed e) {
            boolean first = !broken;
            broken = true;
            if (required) {
                throw e;
            }
            if (first) {
                lost.run();
            }
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
