package dev.sallyport.core.policy;

import dev.sallyport.core.tenant.TenantKey;
import java.util.Arrays;

/// A tenant's policy exactly as the control plane signed it.
///
/// The bytes are what is stored, sent and verified; they are decoded ([PolicyText]) only after the signature held.
public record SignedPolicy(byte[] bytes, byte[] signature) {

    private static final String PURPOSE = "policy v1";

    /// @throws IllegalArgumentException if it is too long, with a sentence for whoever wrote it
    public static SignedPolicy sign(PolicyDocument document, TenantKey.Signer signer) {
        var bytes = PolicyText.write(document);
        if (bytes.length > PolicyDocument.LONGEST) {
            throw new IllegalArgumentException("the guardrails and masking rules of a tenant have at most "
                    + PolicyDocument.LONGEST + " bytes in all");
        }
        try {
            if (!PolicyText.read(bytes).equals(document)) {
                throw new IllegalArgumentException("there are characters in it that cannot be written");
            }
        } catch (BadPolicy e) {
            throw new IllegalArgumentException("there are characters in it that cannot be written", e);
        }
        return new SignedPolicy(bytes, signer.sign(PURPOSE, bytes));
    }

    /// The policy, when `key` signed it.
    ///
    /// @throws BadPolicy when the signature does not hold or the bytes are no policy
    public PolicyDocument verify(TenantKey key) throws BadPolicy {
        if (!key.verifies(PURPOSE, bytes, signature)) {
            throw BadPolicy.unsigned();
        }
        return PolicyText.read(bytes);
    }

    /// The policy without a look at the signature: for the side that made it or shows it, never for the agent.
    public PolicyDocument unverified() {
        try {
            return PolicyText.read(bytes);
        } catch (BadPolicy e) {
            throw new IllegalStateException("a stored policy cannot be read", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SignedPolicy that
                && Arrays.equals(bytes, that.bytes)
                && Arrays.equals(signature, that.signature);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "SignedPolicy(" + bytes.length + " bytes)";
    }
}
