@NullMarked
package dev.sallyport.cli.sessions;

import org.jspecify.annotations.NullMarked;
