/// The SSH edge: the long-running front that admits, relays and records.
@NullMarked
package dev.sallyport.edge;

import org.jspecify.annotations.NullMarked;
