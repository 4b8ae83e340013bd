/// Programs on this machine: spawned, held together, and gone at the end.
@NullMarked
package dev.sallyport.agent.process;

import org.jspecify.annotations.NullMarked;
