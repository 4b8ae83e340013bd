/// Tenants, users, groups and API keys.
@NullMarked
package dev.sallyport.control.identity;

import org.jspecify.annotations.NullMarked;
