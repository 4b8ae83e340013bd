/// The control plane's Lambda handlers, one per bounded context.
@NullMarked
package dev.sallyport.control;

import org.jspecify.annotations.NullMarked;
