@NullMarked
package dev.sallyport.core.id;

import org.jspecify.annotations.NullMarked;
