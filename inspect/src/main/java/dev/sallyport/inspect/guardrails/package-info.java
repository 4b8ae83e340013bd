/// Guardrails: which statement may run, by what it does.
@NullMarked
package dev.sallyport.inspect.guardrails;

import org.jspecify.annotations.NullMarked;
