/// The API through its handlers, on a real store.
@NullMarked
package dev.sallyport.control;

import org.jspecify.annotations.NullMarked;
