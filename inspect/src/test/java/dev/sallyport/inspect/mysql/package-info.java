/// Tests of MySQL's protocol: conversations byte by byte, and real servers and clients.
@NullMarked
package dev.sallyport.inspect.mysql;

import org.jspecify.annotations.NullMarked;
