/// Keys in AWS KMS: the one package that knows what KMS is.
@NullMarked
package dev.sallyport.store.kms;

import org.jspecify.annotations.NullMarked;
