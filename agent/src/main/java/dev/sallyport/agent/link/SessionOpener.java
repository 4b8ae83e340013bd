package dev.sallyport.agent.link;

import dev.sallyport.core.link.SessionLink;
import dev.sallyport.core.link.Ticket;
import dev.sallyport.core.session.Order;

/// What the link does with an order that an edge sent: hands it over, with the session's own link.
public interface SessionOpener {

    /// Serves one session from order to end. Blocks; called on a virtual thread of its own. The answer to the
    /// order (`Opened` or `Failed`) goes out over `link`, which is ended when this returns or throws.
    ///
    /// The order came from an edge and is not to be believed: the definition is verified before anything else.
    ///
    /// @param ticket to be kept with the session's tail, see [TailSource]
    void open(Order order, Ticket ticket, SessionLink link) throws InterruptedException;
}
