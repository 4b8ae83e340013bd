/// The API of a standalone: the Lambda handlers behind an HTTP server of the JDK.
@NullMarked
package dev.sallyport.standalone.api;

import org.jspecify.annotations.NullMarked;
