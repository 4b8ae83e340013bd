/// Reading protocols and judging them: bytes in, bytes and verdicts out. No sockets, no threads, no clocks of its own.
///
/// - [dev.sallyport.inspect.sql] what a text of SQL does, by grammar
/// - [dev.sallyport.inspect.database] what the codecs and their surroundings say to each other
/// other
@NullMarked
package dev.sallyport.inspect;

import org.jspecify.annotations.NullMarked;
