@NullMarked
package dev.sallyport.inspect.database;

import org.jspecify.annotations.NullMarked;
