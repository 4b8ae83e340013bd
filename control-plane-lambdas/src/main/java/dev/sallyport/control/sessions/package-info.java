/// Sessions, recordings and the audit log.
@NullMarked
package dev.sallyport.control.sessions;

import org.jspecify.annotations.NullMarked;
