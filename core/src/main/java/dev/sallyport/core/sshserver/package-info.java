/// How a tenant's SSH door reads certificates.
@NullMarked
package dev.sallyport.core.sshserver;

import org.jspecify.annotations.NullMarked;
