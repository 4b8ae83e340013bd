/// Keys by which programs and the command line call the API.
@NullMarked
package dev.sallyport.core.apikey;

import org.jspecify.annotations.NullMarked;
