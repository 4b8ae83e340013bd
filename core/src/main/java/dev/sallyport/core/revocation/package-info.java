/// Certificates, keys and users that no longer count.
@NullMarked
package dev.sallyport.core.revocation;

import org.jspecify.annotations.NullMarked;
