@NullMarked
package dev.sallyport.cli.ssh;

import org.jspecify.annotations.NullMarked;
