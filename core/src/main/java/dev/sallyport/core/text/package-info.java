/// Text of strangers, made fit to be shown.
@NullMarked
package dev.sallyport.core.text;

import org.jspecify.annotations.NullMarked;
