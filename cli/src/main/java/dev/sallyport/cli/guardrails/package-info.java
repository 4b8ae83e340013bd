/// Trying guardrails out before they count.
@NullMarked
package dev.sallyport.cli.guardrails;

import org.jspecify.annotations.NullMarked;
