/// What the codecs of the database protocols and their surroundings say to each other: statements and verdicts on the
/// way in, columns and masked values on the way out.
@NullMarked
package dev.sallyport.inspect.database;

import org.jspecify.annotations.NullMarked;
