/// DynamoDB: one class per noun.
@NullMarked
package dev.sallyport.store;

import org.jspecify.annotations.NullMarked;
