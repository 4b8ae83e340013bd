/// Guardrails and masking rules: signed as one document with each change.
@NullMarked
package dev.sallyport.control.policy;

import org.jspecify.annotations.NullMarked;
