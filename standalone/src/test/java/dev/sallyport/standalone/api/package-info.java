/// Tests of the API over HTTP.
@NullMarked
package dev.sallyport.standalone.api;

import org.jspecify.annotations.NullMarked;
