package dev.sallyport.core.connection;

import dev.sallyport.core.tenant.TenantKey;
import java.util.Arrays;

/// A connection definition exactly as the control plane signed it.
///
/// The bytes are what is stored, sent and verified; they are decoded ([DefinitionText]) only after the
/// signature held.
public record SignedDefinition(byte[] bytes, byte[] signature) {

    private static final String PURPOSE = "connection-definition v1";

    public static SignedDefinition sign(ConnectionDefinition definition, TenantKey.Signer signer) {
        var bytes = DefinitionText.write(definition);
        return new SignedDefinition(bytes, signer.sign(PURPOSE, bytes));
    }

    /// The definition, when `key` signed it.
    ///
    /// @throws BadDefinition when the signature does not hold or the bytes are not a definition
    public ConnectionDefinition verify(TenantKey key) throws BadDefinition {
        if (!key.verifies(PURPOSE, bytes, signature)) {
            throw BadDefinition.unsigned();
        }
        return DefinitionText.read(bytes);
    }

    /// The definition without a look at the signature: for the side that made it or shows it, never for the
    /// agent.
    public ConnectionDefinition unverified() {
        try {
            return DefinitionText.read(bytes);
        } catch (BadDefinition e) {
            throw new IllegalStateException("a stored connection definition cannot be read", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SignedDefinition that
                && Arrays.equals(bytes, that.bytes)
                && Arrays.equals(signature, that.signature);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "SignedDefinition(" + bytes.length + " bytes)";
    }
}
