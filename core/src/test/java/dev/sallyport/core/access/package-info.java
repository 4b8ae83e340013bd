@NullMarked
package dev.sallyport.core.access;

import org.jspecify.annotations.NullMarked;
