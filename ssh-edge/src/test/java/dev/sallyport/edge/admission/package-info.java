/// Tests of the package of the same name.
@NullMarked
package dev.sallyport.edge.admission;

import org.jspecify.annotations.NullMarked;
