/// Tests of the package of the same name.
@NullMarked
package dev.sallyport.edge.mailbox;

import org.jspecify.annotations.NullMarked;
