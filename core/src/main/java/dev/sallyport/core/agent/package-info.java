/// The program in the customer's network that opens targets, and its key.
@NullMarked
package dev.sallyport.core.agent;

import org.jspecify.annotations.NullMarked;
