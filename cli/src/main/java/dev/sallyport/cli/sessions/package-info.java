/// The commands about sessions and their recordings.
@NullMarked
package dev.sallyport.cli.sessions;

import org.jspecify.annotations.NullMarked;
