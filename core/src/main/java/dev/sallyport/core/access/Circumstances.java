package dev.sallyport.core.access;

import java.time.Instant;

/// When and from where somebody asks.
///
/// @param source the client's address, as text (IPv4 or IPv6); empty where it is not known
public record Circumstances(Instant at, String source) {}
