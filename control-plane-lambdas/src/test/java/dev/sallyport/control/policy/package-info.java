/// Tests of the routes of this context, on a real store.
@NullMarked
package dev.sallyport.control.policy;

import org.jspecify.annotations.NullMarked;
