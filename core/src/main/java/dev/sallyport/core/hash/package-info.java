/// Fingerprints of bytes.
@NullMarked
package dev.sallyport.core.hash;

import org.jspecify.annotations.NullMarked;
