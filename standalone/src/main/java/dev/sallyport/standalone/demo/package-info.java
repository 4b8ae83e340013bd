/// The demo tenant of a first start: users, certificates, connections, a host to reach.
@NullMarked
package dev.sallyport.standalone.demo;

import org.jspecify.annotations.NullMarked;
