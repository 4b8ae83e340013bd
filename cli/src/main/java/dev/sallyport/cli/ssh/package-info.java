/// Plain ssh: run by us, or configured for others to run.
@NullMarked
package dev.sallyport.cli.ssh;

import org.jspecify.annotations.NullMarked;
