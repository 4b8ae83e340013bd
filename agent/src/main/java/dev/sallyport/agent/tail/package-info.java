/// What this agent keeps of its sessions until it is in the object store.
@NullMarked
package dev.sallyport.agent.tail;

import org.jspecify.annotations.NullMarked;
