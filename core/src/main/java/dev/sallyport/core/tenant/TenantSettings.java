package dev.sallyport.core.tenant;

import dev.sallyport.core.recording.Retention;
import java.util.Optional;

/// What a tenant's admins decide for the whole tenant.
///
/// @param recordingRetention of connections that have none of their own; empty: for ever
/// @param version 0 where nothing was ever decided
public record TenantSettings(Optional<Retention> recordingRetention, long version) {

    /// What holds until somebody decides otherwise.
    public static final TenantSettings DEFAULT = new TenantSettings(Optional.empty(), 0);
}
