/// What is printed: tables, facts, JSON, and text of others made harmless.
@NullMarked
package dev.sallyport.cli.output;

import org.jspecify.annotations.NullMarked;
