@NullMarked
package dev.sallyport.standalone.store;

import org.jspecify.annotations.NullMarked;
