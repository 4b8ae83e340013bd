package dev.sallyport.core.edge;

import dev.sallyport.core.id.EdgeId;
import java.time.Instant;

/// An edge as the cell's registry lists it.
///
/// @param address `HOST:PORT` at which other edges reach it; empty where there are none
public record EdgeAddress(EdgeId id, String address, Instant started) {}
