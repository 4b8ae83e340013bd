@NullMarked
package dev.sallyport.inspect.sql.mysql;

import org.jspecify.annotations.NullMarked;
