/// The agent's side of the link: dials edges, attaches, carries sessions.
@NullMarked
package dev.sallyport.agent.link;

import org.jspecify.annotations.NullMarked;
