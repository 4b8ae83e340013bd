package dev.sallyport.core.certificate;

import java.time.Instant;
import java.util.List;

/// A CA that a tenant has named, and has yet to prove that it holds: trusted by nobody until then.
///
/// @param nonce what the proof signs
/// @param until when the nonce stops counting
/// @param replaces fingerprints of CAs that stay trusted until all pending ones are proven, and no longer
public record PendingCa(TrustedCa ca, String nonce, Instant until, List<String> replaces) {

    public PendingCa {
        replaces = List.copyOf(replaces);
    }
}
