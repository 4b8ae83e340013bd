/// Databases as targets: sockets, TLS and credentials around the protocols that [dev.sallyport.inspect] understands.
@NullMarked
package dev.sallyport.agent.database;

import org.jspecify.annotations.NullMarked;
