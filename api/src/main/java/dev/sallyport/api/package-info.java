/// The REST API as its callers see it: records, problems, client.
@NullMarked
package dev.sallyport.api;

import org.jspecify.annotations.NullMarked;
