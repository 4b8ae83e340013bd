/// The domain of Sallyport: its nouns and its rules. Depends on nothing outside the JDK.
@NullMarked
package dev.sallyport.core;

import org.jspecify.annotations.NullMarked;
