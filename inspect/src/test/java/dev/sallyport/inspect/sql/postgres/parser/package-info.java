@NullMarked
package dev.sallyport.inspect.sql.postgres.parser;

import org.jspecify.annotations.NullMarked;
