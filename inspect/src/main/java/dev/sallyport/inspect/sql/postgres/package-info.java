/// PostgreSQL's SQL, understood by PostgreSQL's own grammar.
@NullMarked
package dev.sallyport.inspect.sql.postgres;

import org.jspecify.annotations.NullMarked;
