/// Commands that say what the access rules come to.
@NullMarked
package dev.sallyport.cli.access;

import org.jspecify.annotations.NullMarked;
