@NullMarked
package dev.sallyport.control.lambda;

import org.jspecify.annotations.NullMarked;
