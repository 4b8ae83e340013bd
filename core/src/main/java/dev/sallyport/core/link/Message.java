package dev.sallyport.core.link;

import dev.sallyport.core.id.ReviewId;
import dev.sallyport.core.review.HeldStatement;
import dev.sallyport.core.review.SignedApproval;
import java.time.Instant;
import java.util.Optional;

/// What a frame between edge and agent says about one session, once the session is open.
///
/// Messages of each direction are numbered from 1 and acknowledged ([Carry]): none is lost or doubled while the
/// session lives, however often its `Carry` call breaks.
public sealed interface Message {

    /// Both ways: bytes of a stream, at most [#LONGEST]. `offset` counts the stream's bytes before these.
    record Data(Stream stream, long offset, byte[] bytes) implements Message {

        /// Most bytes in one message.
        public static final int LONGEST = 65_536;

        public Data {
            if (bytes.length == 0 || bytes.length > LONGEST || offset < 0) {
                throw new IllegalArgumentException("data has 1 to " + LONGEST + " bytes");
            }
        }
    }

    /// Which stream: numbered by what a process calls them.
    enum Stream {
        INPUT,
        OUTPUT,
        ERROR
    }

    /// Edge to agent: no more input. Agent to edge (`OUTPUT`): a forwarded stream's peer sent its end.
    record EndOfStream(Stream stream) implements Message {}

    /// Edge to agent: the terminal's new size.
    record Resize(int columns, int rows, int widthPixels, int heightPixels) implements Message {}

    /// Edge to agent: a signal for the target, its name without SIG.
    record Signal(String name) implements Message {}

    /// Agent to edge: the terminal stopped echoing what is typed, or does so again. Ahead of the output that
    /// follows.
    record Echo(boolean on) implements Message {}

    /// Agent to edge: the target is open, and what was asked of it runs. First message of a session.
    record Opened() implements Message {}

    /// Agent to edge: the target could not be opened. First and last message of a session.
    ///
    /// @param reason one sentence that the user may see
    record Failed(Reason kind, String reason) implements Message {
        /// Whose fault it is.
        public enum Reason {
            /// The agent will not: unsigned, old or not for it. A user reads that access was refused.
            REFUSED,
            /// The target cannot be reached or does not let the agent in.
            TARGET,
            /// Something of ours broke.
            INTERNAL
        }
    }

    /// Agent to edge: the target ended; everything it wrote came before.
    ///
    /// @param status exit status, when it exited
    /// @param signal signal name without SIG, when one ended it
    record Exit(Optional<Integer> status, Optional<String> signal, boolean coreDumped) implements Message {}

    /// Agent to edge: a file was transferred (level `metadata`): a line of JSON for the recording.
    record File(String json) implements Message {}

    /// Agent to edge: what became of a statement, as a line of JSON for the recording. [Part#JUDGED] goes ahead of
    /// whatever the statement answers.
    record Statement(Part part, String json) implements Message {

        /// Longest line, in bytes of UTF-8: it is one event of a recording.
        public static final int LONGEST = 65_536;

        /// Which part of a statement's life.
        public enum Part {
            /// Its text and the verdict on it.
            JUDGED,
            /// Likewise, and it may not run: its sender does nothing until this is recorded, so it is acknowledged at
            /// once.
            REFUSED,
            /// How it went.
            ANSWERED
        }
    }

    /// Agent to edge: a statement waits for an approval; it is in the recording by then. An agent holds one at a time.
    ///
    /// @param number names it within the session: the statement's number
    /// @param challenge random bytes of the agent's that an approval must name, so that none counts twice
    /// @param rule guardrail and rule that hold it
    /// @param reason the rule's message
    /// @param touches what it would do by grammar
    /// @param until after that the agent takes no approval
    record Hold(
            long number,
            byte[] challenge,
            HeldStatement statement,
            String rule,
            String reason,
            String touches,
            Instant until)
            implements Message {

        /// Longest rule, reason, and list of what it touches, in characters.
        public static final int LONGEST_WORDS = 4_096;

        public Hold {
            if (number < 1 || challenge.length != SignedApproval.CHALLENGE) {
                throw new IllegalArgumentException(
                        "a hold has a number from 1 on and a challenge of " + SignedApproval.CHALLENGE + " bytes");
            }
            if (rule.length() > LONGEST_WORDS || reason.length() > LONGEST_WORDS || touches.length() > LONGEST_WORDS) {
                throw new IllegalArgumentException("a hold is told in at most " + LONGEST_WORDS + " characters");
            }
        }

        int length() {
            return statement.length() + rule.length() + reason.length() + touches.length();
        }
    }

    /// Agent to edge: the statement waits no more.
    record HoldEnded(long number, End end) implements Message {
        /// How it ended.
        public enum End {
            /// It was approved, and runs.
            USED,
            /// It was rejected, or its approval did not count: it does not run.
            REFUSED,
            /// Nobody decided in time.
            EXPIRED,
            /// Its user did not want to wait.
            CANCELLED
        }
    }

    /// Edge to agent: a held statement has a review.
    ///
    /// @param approvers who may approve, in words for the user
    record HoldSeen(long number, ReviewId review, String approvers) implements Message {}

    /// Edge to agent: what became of a held statement.
    ///
    /// @param approval empty: it may not run
    /// @param sentence why not, for the user; of an approval, nothing hangs on it
    record Decided(long number, Optional<SignedApproval> approval, String sentence) implements Message {
        int length() {
            return sentence.length()
                    + approval.map(one -> one.bytes().length + one.signature().length)
                            .orElse(0);
        }
    }

    /// Edge to agent: end the target now; the agent answers with [Exit]. Why, for the agent's log.
    record Close(String why) implements Message {}
}
