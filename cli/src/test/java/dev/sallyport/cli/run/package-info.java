@NullMarked
package dev.sallyport.cli.run;

import org.jspecify.annotations.NullMarked;
