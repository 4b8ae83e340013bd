/// Which Sallyport the command talks to, and as whom.
@NullMarked
package dev.sallyport.cli.config;

import org.jspecify.annotations.NullMarked;
