/// Tests of the package of the same name.
@NullMarked
package dev.sallyport.edge.agents;

import org.jspecify.annotations.NullMarked;
