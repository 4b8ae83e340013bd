/// The SSH door. Only this package sees Apache MINA SSHD.
@NullMarked
package dev.sallyport.edge.ssh;

import org.jspecify.annotations.NullMarked;
