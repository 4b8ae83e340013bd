@NullMarked
package dev.sallyport.inspect.sql;

import org.jspecify.annotations.NullMarked;
