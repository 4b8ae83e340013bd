/// Whom the agent trusts beyond its edge.
@NullMarked
package dev.sallyport.agent.tls;

import org.jspecify.annotations.NullMarked;
