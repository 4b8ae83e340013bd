/// Guardrails and masking rules as admins write them, and the verdicts that come of them.
@NullMarked
package dev.sallyport.core.policy;

import org.jspecify.annotations.NullMarked;
