package dev.sallyport.core.session;

/// How a session ended.
public sealed interface Outcome {

    /// The outcome's name in rows, audit log and API.
    default String name() {
        return getClass().getSimpleName();
    }

    /// One sentence for people.
    String sentence();

    /// The target ended by itself.
    record Exited(int status) implements Outcome {
        @Override
        public String sentence() {
            return "the target ended with exit status " + status;
        }
    }

    /// A signal ended the target; `signal` without SIG.
    record Signalled(String signal, boolean coreDumped) implements Outcome {
        @Override
        public String sentence() {
            return "signal " + signal + " ended the target";
        }
    }

    /// The user closed the channel or the connection.
    record UserLeft() implements Outcome {
        @Override
        public String sentence() {
            return "the user left";
        }
    }

    /// The agent did not come back in time.
    record AgentLost() implements Outcome {
        @Override
        public String sentence() {
            return "the agent was lost";
        }
    }

    /// The edge that held the user's connection was lost.
    record EdgeLost() implements Outcome {
        @Override
        public String sentence() {
            return "the edge was lost";
        }
    }

    /// The target could not be opened, or failed.
    record TargetFailed(String why) implements Outcome {
        @Override
        public String sentence() {
            return "the target failed: " + why;
        }
    }

    /// The user's right to the session was taken away.
    record Revoked(String by) implements Outcome {
        @Override
        public String sentence() {
            return "access was revoked by " + by;
        }
    }

    /// Someone with the right to do so ended it.
    record Killed(String by) implements Outcome {
        @Override
        public String sentence() {
            return "the session was ended by " + by;
        }
    }

    /// The certificate or token behind it expired.
    record Expired() implements Outcome {
        @Override
        public String sentence() {
            return "the certificate expired";
        }
    }

    /// A limit of time was reached.
    record TimedOut(String limit) implements Outcome {
        @Override
        public String sentence() {
            return "the session reached its limit: " + limit;
        }
    }

    /// The session could not be recorded any longer.
    record RecordingFailed() implements Outcome {
        @Override
        public String sentence() {
            return "the session could not be recorded";
        }
    }
}
