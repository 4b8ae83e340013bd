/// Values that must not be printed, and references to where they are kept.
@NullMarked
package dev.sallyport.core.secret;

import org.jspecify.annotations.NullMarked;
