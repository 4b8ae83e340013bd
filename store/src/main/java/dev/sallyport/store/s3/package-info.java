/// The chunks of recordings in S3: the one package that knows what S3 is.
@NullMarked
package dev.sallyport.store.s3;

import org.jspecify.annotations.NullMarked;
