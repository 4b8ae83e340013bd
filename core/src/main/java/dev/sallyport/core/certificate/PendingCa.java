package dev.sallyport.core.certificate;

import java.time.Instant;

/// A CA that a tenant has named, and has yet to prove that it holds: trusted by nobody until then.
///
/// @param nonce what the proof signs
/// @param until when the nonce stops counting
public record PendingCa(TrustedCa ca, String nonce, Instant until) {}
