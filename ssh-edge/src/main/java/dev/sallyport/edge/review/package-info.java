/// Reviews of what sessions of this edge hold.
@NullMarked
package dev.sallyport.edge.review;

import org.jspecify.annotations.NullMarked;
