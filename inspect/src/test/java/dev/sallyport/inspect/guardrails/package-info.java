@NullMarked
package dev.sallyport.inspect.guardrails;

import org.jspecify.annotations.NullMarked;
