/// The agent: dials out, opens targets, guards them.
@NullMarked
package dev.sallyport.agent;

import org.jspecify.annotations.NullMarked;
