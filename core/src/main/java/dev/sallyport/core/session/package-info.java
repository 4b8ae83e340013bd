/// One use of a connection, from admission to outcome.
@NullMarked
package dev.sallyport.core.session;

import org.jspecify.annotations.NullMarked;
