/// Who asks.
@NullMarked
package dev.sallyport.core.user;

import org.jspecify.annotations.NullMarked;
