/// Secrets by reference, resolved where they are used.
@NullMarked
package dev.sallyport.agent.secrets;

import org.jspecify.annotations.NullMarked;
