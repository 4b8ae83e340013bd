/// The link between agent and edge as pure state machines.
@NullMarked
package dev.sallyport.core.link;

import org.jspecify.annotations.NullMarked;
