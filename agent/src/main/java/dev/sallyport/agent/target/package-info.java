/// What an agent opens for a session, whatever its kind.
@NullMarked
package dev.sallyport.agent.target;

import org.jspecify.annotations.NullMarked;
