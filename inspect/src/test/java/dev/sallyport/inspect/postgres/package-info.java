@NullMarked
package dev.sallyport.inspect.postgres;

import org.jspecify.annotations.NullMarked;
