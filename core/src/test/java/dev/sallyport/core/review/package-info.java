@NullMarked
package dev.sallyport.core.review;

import org.jspecify.annotations.NullMarked;
