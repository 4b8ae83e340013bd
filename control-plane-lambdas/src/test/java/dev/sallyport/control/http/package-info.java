/// Tests of what all handlers share.
@NullMarked
package dev.sallyport.control.http;

import org.jspecify.annotations.NullMarked;
