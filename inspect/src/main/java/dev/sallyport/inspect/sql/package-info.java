/// What a text of SQL does, understood by grammar and never by pattern.
@NullMarked
package dev.sallyport.inspect.sql;

import org.jspecify.annotations.NullMarked;
