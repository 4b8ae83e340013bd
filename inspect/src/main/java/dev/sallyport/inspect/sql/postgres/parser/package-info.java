/// PostgreSQL's own parser, run in the JVM: libpg_query's WebAssembly, compiled to classes by Chicory when we are
/// built, and what it needs around it.
@NullMarked
package dev.sallyport.inspect.sql.postgres.parser;

import org.jspecify.annotations.NullMarked;
