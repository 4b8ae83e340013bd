/// Signing in and out: where the key comes from, and the file that keeps it.
@NullMarked
package dev.sallyport.cli.login;

import org.jspecify.annotations.NullMarked;
