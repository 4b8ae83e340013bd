/// The index of statements, as an edge writes it.
@NullMarked
package dev.sallyport.edge.statements;

import org.jspecify.annotations.NullMarked;
