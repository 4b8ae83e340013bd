/// Identifiers: a prefix that names the noun, and a ULID, so that ids sort by time.
@NullMarked
package dev.sallyport.core.id;

import org.jspecify.annotations.NullMarked;
