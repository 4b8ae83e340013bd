/// The audit log: what happened, who did it, chained so that a gap is evident.
@NullMarked
package dev.sallyport.core.audit;

import org.jspecify.annotations.NullMarked;
