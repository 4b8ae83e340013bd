/// `make bench`: measures against OpenSSH's sshd, interleaved in one run.
@NullMarked
package dev.sallyport.tests.bench;

import org.jspecify.annotations.NullMarked;
