/// What files declare, how it differs from what there is, and how the difference is made to go away: `sally apply`.
@NullMarked
package dev.sallyport.cli.declared;

import org.jspecify.annotations.NullMarked;
