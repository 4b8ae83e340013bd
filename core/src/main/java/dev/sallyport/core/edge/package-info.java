/// The edges of a cell: their leases, their mail, and the agents attached to them.
@NullMarked
package dev.sallyport.core.edge;

import org.jspecify.annotations.NullMarked;
