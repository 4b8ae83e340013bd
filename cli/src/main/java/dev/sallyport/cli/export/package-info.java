/// A whole tenant in one archive.
@NullMarked
package dev.sallyport.cli.export;

import org.jspecify.annotations.NullMarked;
