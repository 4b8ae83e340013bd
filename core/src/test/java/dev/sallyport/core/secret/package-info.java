@NullMarked
package dev.sallyport.core.secret;

import org.jspecify.annotations.NullMarked;
