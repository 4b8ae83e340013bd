/// One run of the program: its streams, its configuration, its client, and how it ends.
@NullMarked
package dev.sallyport.cli.run;

import org.jspecify.annotations.NullMarked;
