package dev.sallyport.edge.relay;

/// The order in which one piece passes through a session, either way: may it, record it, may it still, let it
/// go.
///
/// A property of security: what is let go is in the recording before, and nothing that happened while it was
/// written down (the session was ended, this machine stood still) is passed over. Pure; whoever carries the
/// piece asks [#next] what to do, does it, and says so.
final class Crossing {

    /// What is to be done now.
    enum Step {
        /// Ask whether bytes may pass, and say [#asked].
        ASK,
        /// Write the piece down, wait until there is room for it where it goes, and say [#recorded].
        RECORD,
        /// Let the piece go on, without waiting for anything, and say [#released].
        RELEASE,
        /// It has passed.
        PASSED,
        /// It does not pass, ever.
        HELD
    }

    private Step next = Step.ASK;
    private boolean recorded;

    Step next() {
        return next;
    }

    /// Whether the piece is in the recording.
    boolean isRecorded() {
        return recorded;
    }

    void asked(boolean passes) {
        expect(Step.ASK);
        if (!passes) {
            next = Step.HELD;
        } else {
            next = recorded ? Step.RELEASE : Step.RECORD;
        }
    }

    void recorded() {
        expect(Step.RECORD);
        recorded = true;
        next = Step.ASK;
    }

    void released() {
        expect(Step.RELEASE);
        next = Step.PASSED;
    }

    private void expect(Step step) {
        if (next != step) {
            throw new IllegalStateException(step + " where " + next + " is due");
        }
    }
}
