package dev.sallyport.core.link;

/// A frame that the protocol does not allow here: its call is over. The message is for logs and repeats nothing
/// of the frame's content.
public final class ForgedFrame extends Exception {

    private static final long serialVersionUID = 1;

    private final String reason;

    public ForgedFrame(String reason) {
        super(reason);
        this.reason = reason;
    }

    public String reason() {
        return reason;
    }
}
