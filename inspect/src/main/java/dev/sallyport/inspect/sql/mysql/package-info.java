/// What a text of MySQL's and MariaDB's SQL does: a lexer and a recursive-descent parser that fail closed.
@NullMarked
package dev.sallyport.inspect.sql.mysql;

import org.jspecify.annotations.NullMarked;
