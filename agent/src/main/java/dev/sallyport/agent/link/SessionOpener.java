package dev.sallyport.agent.link;

import dev.sallyport.core.link.SessionLink;
import dev.sallyport.core.session.Order;

/// What the link does with an order that an edge sent: hands it over, with the session's own link.
public interface SessionOpener {

    /// Serves one session from order to end. Blocks; called on a virtual thread of its own. The answer to the
    /// order (`Opened` or `Failed`) goes out over `link`, and `link` has ended when this returns.
    void open(Order order, SessionLink link) throws InterruptedException;
}
