/// A named way to use one target with one set of credentials, and its signed definition.
@NullMarked
package dev.sallyport.core.connection;

import org.jspecify.annotations.NullMarked;
