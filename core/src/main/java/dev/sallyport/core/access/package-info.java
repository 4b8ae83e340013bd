/// Who may use which connection, and how.
@NullMarked
package dev.sallyport.core.access;

import org.jspecify.annotations.NullMarked;
