/// Tests of the command, run in process against an API that answers what it is told.
@NullMarked
package dev.sallyport.cli;

import org.jspecify.annotations.NullMarked;
