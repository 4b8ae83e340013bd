@NullMarked
package dev.sallyport.core.connection;

import org.jspecify.annotations.NullMarked;
