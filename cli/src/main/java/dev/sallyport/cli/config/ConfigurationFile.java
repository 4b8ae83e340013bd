package dev.sallyport.cli.config;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/// The configuration file as it is written. What it does not know is for another version of the program.
///
/// @param caFile certificates that the API's own is trusted by, where no public authority signed it
/// @param tenantKey the public key by which recordings are verified
/// @param sshConfig a file for `ssh -F`, complete
/// @param hostCa the SSH door's host CA, one line
/// @param login the login name that the user's certificate lists
@Json(naming = Json.Naming.LowerUnderscore)
public record ConfigurationFile(
        @Nullable String url,
        @Nullable String key,
        @Nullable String caFile,
        @Nullable String tenantKey,
        @Nullable String sshConfig,
        @Nullable String sshHost,
        @Nullable Integer sshPort,
        @Nullable String hostCa,
        @Nullable String login) {}
