/// Composes every part in one process, for laptops, evaluation and tests.
@NullMarked
package dev.sallyport.standalone;

import org.jspecify.annotations.NullMarked;
