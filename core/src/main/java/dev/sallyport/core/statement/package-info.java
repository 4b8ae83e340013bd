/// The index of statements: what of a statement goes into it, and what a search in it asks for.
@NullMarked
package dev.sallyport.core.statement;

import org.jspecify.annotations.NullMarked;
