/// Connections, agents, access rules, the SSH door and revocations.
@NullMarked
package dev.sallyport.control.access;

import org.jspecify.annotations.NullMarked;
