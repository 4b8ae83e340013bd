/// TCP services, as raw bytes.
@NullMarked
package dev.sallyport.agent.tcp;

import org.jspecify.annotations.NullMarked;
