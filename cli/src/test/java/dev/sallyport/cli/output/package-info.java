@NullMarked
package dev.sallyport.cli.output;

import org.jspecify.annotations.NullMarked;
