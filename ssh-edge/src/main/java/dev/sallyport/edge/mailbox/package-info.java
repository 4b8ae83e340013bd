/// The edge as a member of its cell: its lease, its mailbox, and what it does about edges that are lost.
@NullMarked
package dev.sallyport.edge.mailbox;

import org.jspecify.annotations.NullMarked;
