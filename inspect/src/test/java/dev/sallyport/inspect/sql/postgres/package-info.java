@NullMarked
package dev.sallyport.inspect.sql.postgres;

import org.jspecify.annotations.NullMarked;
