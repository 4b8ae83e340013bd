/// Stand-ins for AWS over HTTP, for the tests of this part and of others.
@NullMarked
package dev.sallyport.store.aws;

import org.jspecify.annotations.NullMarked;
