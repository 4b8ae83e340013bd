/// The gRPC contract between agent and edge, and the mapper between its messages and the domain.
@NullMarked
package dev.sallyport.proto;

import org.jspecify.annotations.NullMarked;
