/// Ports of this machine.
@NullMarked
package dev.sallyport.standalone.ports;

import org.jspecify.annotations.NullMarked;
