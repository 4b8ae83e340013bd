@NullMarked
package dev.sallyport.store.https;

import org.jspecify.annotations.NullMarked;
