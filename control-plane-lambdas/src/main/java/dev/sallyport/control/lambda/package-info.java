/// The control plane's functions as AWS Lambda runs them: made from environment variables.
@NullMarked
package dev.sallyport.control.lambda;

import org.jspecify.annotations.NullMarked;
