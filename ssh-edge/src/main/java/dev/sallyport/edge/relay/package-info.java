/// Moves a session's bytes between the user's channel and the agent's link, recording before releasing.
@NullMarked
package dev.sallyport.edge.relay;

import org.jspecify.annotations.NullMarked;
