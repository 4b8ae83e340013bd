/// Groups of users: what access hangs on.
@NullMarked
package dev.sallyport.core.group;

import org.jspecify.annotations.NullMarked;
