package dev.sallyport.agent.link;

import dev.sallyport.core.connection.TestOrder;
import dev.sallyport.core.connection.TestStep;
import java.util.List;

/// What the link does with a test that an edge asks for.
public interface ConnectionTester {

    /// Opens the connection's target up to the login, runs nothing, and says how far that came: 1 to
    /// [TestStep#MOST] steps. Blocks, for a bounded time; called on a virtual thread of its own, and by several.
    ///
    /// The order came from an edge and is not to be believed: the definition is verified before anything else.
    List<TestStep> test(TestOrder order) throws InterruptedException;
}
