package dev.sallyport.core.connection;

import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.TestId;

/// What an edge asks of an agent: to open the connection's target up to the login, to run nothing, and to say
/// how far it came.
///
/// @param definition verified by the agent before anything else
public record TestOrder(TestId test, TenantId tenant, SignedDefinition definition) {}
