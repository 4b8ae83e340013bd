package dev.sallyport.core.link;

/// The session's link has ended.
public final class LinkLost extends Exception {

    private static final long serialVersionUID = 1;

    /// Why a link ended.
    public enum Why {
        /// The other side was not heard of for `session.resume`.
        NOT_RESUMED,
        /// The other side ended it.
        ENDED_THERE,
        /// The other side sent what the protocol does not allow.
        RULES_BROKEN,
        /// This side ended it.
        ENDED_HERE
    }

    private final Why why;

    public LinkLost(Why why) {
        super("the session's link has ended: " + why);
        this.why = why;
    }

    public Why why() {
        return why;
    }
}
