/// The client/server protocol of MySQL 8 and MariaDB (MySQL Internals, "Client/Server Protocol"; MariaDB Knowledge
/// Base, "Clients & Utilities: Protocol").
@NullMarked
package dev.sallyport.inspect.mysql;

import org.jspecify.annotations.NullMarked;
