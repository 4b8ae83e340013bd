/// Neighbours of the door for its tests: small, in memory, and true to the contracts.
@NullMarked
package dev.sallyport.edge.fake;

import org.jspecify.annotations.NullMarked;
