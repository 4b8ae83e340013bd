/// Edge and agent over real sockets: the link, its faults, and attacks on it.
@NullMarked
package dev.sallyport.tests.link;

import org.jspecify.annotations.NullMarked;
