package dev.sallyport.core.recording;

import java.nio.charset.StandardCharsets;

/// One thing that happened in a session, as its recording holds it.
///
/// @param number counts from 0 within the recording, without a gap
/// @param kind what `bytes` are
/// @param offset for [Kind#OUTPUT], [Kind#ERROR], [Kind#INPUT] and [Kind#HIDDEN_INPUT]: how many bytes of that
///     stream came before (hidden input counts as input); else 0
/// @param time microseconds since 1970, by the clock of who saw it first; never before the time of the event
///     before
/// @param bytes at most [#LONGEST]; owned by the event, not to be changed
public record Event(long number, Kind kind, long offset, long time, byte[] bytes) {

    /// Most bytes in one event.
    public static final int LONGEST = 65_536;

    /// What an event is. The code is what stands in the file: never reused.
    public enum Kind {
        /// Shown to the user on stdout or the terminal, or sent down a forwarded stream.
        OUTPUT(1),
        /// Shown to the user on stderr.
        ERROR(2),
        /// Typed or piped by the user, or sent up a forwarded stream.
        INPUT(3),
        /// Typed while the terminal did not echo: `bytes` is the length, as decimal text.
        HIDDEN_INPUT(4),
        /// The user's end of input.
        END_OF_INPUT(5),
        /// The terminal's size: `columns x rows` as text, such as `80x24`.
        RESIZE(6),
        /// A signal by the user, its name without SIG.
        SIGNAL(7),
        /// What was asked at the start: `shell`, `exec COMMAND`, `subsystem NAME` or `forward HOST:PORT`.
        REQUEST(8),
        /// A message of ours shown to the user (stderr), besides the target's: the sentence, without `sally: `.
        MESSAGE(9),
        /// A file transferred, at level `metadata`: a line of JSON.
        FILE(10),
        /// The target's exit: `status N` or `signal NAME`.
        EXIT(11),
        /// Bytes that passed and are not kept (level `metadata`): `{"stream":…,"bytes":N,"sha256":…}`.
        PASSED(12),
        /// How the session ended: the outcome's name and sentence. The last event of a complete recording.
        END(13),
        /// The recording was continued from the agent's tail or a lost edge's spool; why, as text.
        RECOVERED(14),
        /// A statement and the verdict on it, before anything of what it answered: a line of JSON.
        STATEMENT(15),
        /// How a statement went: a line of JSON.
        ANSWER(16);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }

        /// The kind with this code.
        ///
        /// @throws IllegalArgumentException when there is none
        public static Kind of(int code) {
            for (var kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("unknown kind of event " + code);
        }
    }

    /// Largest offset: further than any stream goes, and safe to add to.
    private static final long FARTHEST = 1L << 61;

    /// Most digits in a [Kind#HIDDEN_INPUT].
    private static final int DIGITS = 15;

    public Event {
        if (number < 0 || offset < 0 || offset > FARTHEST || bytes.length > LONGEST) {
            throw new IllegalArgumentException("an event counts from 0 and holds at most " + LONGEST + " bytes");
        }
        if (kind == Kind.HIDDEN_INPUT) {
            decimal(bytes);
        }
    }

    /// How many bytes of its stream this event covers: what it holds, or for hidden input the length it tells;
    /// 0 for an event that belongs to no stream.
    public long covers() {
        return switch (kind) {
            case OUTPUT, ERROR, INPUT -> bytes.length;
            case HIDDEN_INPUT -> decimal(bytes);
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

    /// The bytes as text (UTF-8), for the kinds that hold text.
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static long decimal(byte[] digits) {
        long value = 0;
        for (byte digit : digits) {
            if (digit < '0' || digit > '9') {
                throw new IllegalArgumentException("hidden input is told by its length");
            }
            value = value * 10 + (digit - '0');
        }
        if (digits.length == 0 || digits.length > DIGITS) {
            throw new IllegalArgumentException("hidden input is told by its length");
        }
        return value;
    }
}
