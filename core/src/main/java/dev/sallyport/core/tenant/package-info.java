/// The customer, and the key that signs for it.
@NullMarked
package dev.sallyport.core.tenant;

import org.jspecify.annotations.NullMarked;
