package dev.sallyport.agent.target;

import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.session.Order;

/// Opens targets.
public interface Targets {

    /// Opens what `definition` names for what `order` asks. The definition is the order's own, verified.
    ///
    /// @throws NotOpened with a sentence for the user
    Target open(ConnectionDefinition definition, Order order) throws NotOpened, InterruptedException;
}
