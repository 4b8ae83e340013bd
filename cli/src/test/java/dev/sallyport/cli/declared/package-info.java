@NullMarked
package dev.sallyport.cli.declared;

import org.jspecify.annotations.NullMarked;
