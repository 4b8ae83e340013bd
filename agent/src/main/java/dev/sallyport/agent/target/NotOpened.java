package dev.sallyport.agent.target;

import dev.sallyport.core.link.Message;

/// A target that was not opened. The message is one sentence, which the user may see.
public final class NotOpened extends Exception {

    private static final long serialVersionUID = 1;

    private final Message.Failed.Reason reason;

    public NotOpened(Message.Failed.Reason reason, String sentence) {
        super(sentence);
        this.reason = reason;
    }

    public NotOpened(Message.Failed.Reason reason, String sentence, Throwable cause) {
        super(sentence, cause);
        this.reason = reason;
    }

    /// The agent will not.
    public static NotOpened refused(String sentence) {
        return new NotOpened(Message.Failed.Reason.REFUSED, sentence);
    }

    /// The target cannot be reached, or does not work.
    public static NotOpened target(String sentence) {
        return new NotOpened(Message.Failed.Reason.TARGET, sentence);
    }

    /// Something of ours broke.
    public static NotOpened internal(String sentence, Throwable cause) {
        return new NotOpened(Message.Failed.Reason.INTERNAL, sentence, cause);
    }

    public Message.Failed.Reason reason() {
        return reason;
    }

    /// The answer to the order.
    public Message.Failed failed() {
        return new Message.Failed(reason, String.valueOf(getMessage()));
    }
}
