/// One request, its route and its answer: what all handlers share.
@NullMarked
package dev.sallyport.control.http;

import org.jspecify.annotations.NullMarked;
