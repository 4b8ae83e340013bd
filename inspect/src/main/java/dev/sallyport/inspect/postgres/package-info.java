/// PostgreSQL's frontend/backend protocol, version 3 (PostgreSQL documentation, chapter "Frontend/Backend Protocol").
@NullMarked
package dev.sallyport.inspect.postgres;

import org.jspecify.annotations.NullMarked;
