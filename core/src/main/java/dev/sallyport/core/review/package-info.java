/// Reviews: what waits for a person, who may decide, and what an approval is good for.
@NullMarked
package dev.sallyport.core.review;

import org.jspecify.annotations.NullMarked;
