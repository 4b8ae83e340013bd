/// One session on the agent: the order checked, the target opened, bytes carried.
@NullMarked
package dev.sallyport.agent.session;

import org.jspecify.annotations.NullMarked;
