/// Finds sensitive values in what a target answers and replaces them before they leave the agent.
@NullMarked
package dev.sallyport.inspect.masking;

import org.jspecify.annotations.NullMarked;
