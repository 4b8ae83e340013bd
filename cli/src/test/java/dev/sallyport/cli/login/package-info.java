@NullMarked
package dev.sallyport.cli.login;

import org.jspecify.annotations.NullMarked;
