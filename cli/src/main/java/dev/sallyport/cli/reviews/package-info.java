/// `sally reviews`: what waits for a person.
@NullMarked
package dev.sallyport.cli.reviews;

import org.jspecify.annotations.NullMarked;
