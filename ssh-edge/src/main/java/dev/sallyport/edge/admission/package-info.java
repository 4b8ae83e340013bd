/// Decides sessions: every door goes through here.
@NullMarked
package dev.sallyport.edge.admission;

import org.jspecify.annotations.NullMarked;
