/// OpenSSH user certificates: what they say, whether they count, to whom they belong.
@NullMarked
package dev.sallyport.core.certificate;

import org.jspecify.annotations.NullMarked;
