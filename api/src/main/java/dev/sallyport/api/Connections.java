package dev.sallyport.api;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Connections: what an admin defines and a user picks.
///
/// A secret is written as a reference: `env:NAME` or `file:/path` on the agent's machine, `sealed:…` as an
/// earlier answer gave it, `seal:VALUE` to have the value sealed to the agent's key as it is written, and
/// `text:VALUE` for what is no secret.
public interface Connections {

    /// A connection. What only admins see is missing for others: agent, settings of the target.
    ///
    /// @param type `custom`, `ssh`, `tcp`, `postgres` or `mysql`; the part of that name holds its settings
    /// @param recording `required` or `best-effort`
    /// @param recordingLevel `full`, `statements` or `metadata`; none: the default of what is done
    /// @param idleSeconds 0: never
    /// @param recordingRetentionDays how long its recordings are kept after their sessions; none: as the tenant's
    ///     settings say. Only admins and auditors see it
    /// @param approvers groups whose members approve what its guardrails hold; none: the tenant's admins
    /// @param approvalSeconds how long a held statement waits
    @Json(naming = Json.Naming.LowerUnderscore)
    record Connection(
            String id,
            String name,
            String type,
            @Nullable String agent,
            @Nullable Custom custom,
            @Nullable Ssh ssh,
            @Nullable Tcp tcp,
            @Nullable Database postgres,
            @Nullable Database mysql,
            String recording,
            @Nullable String recordingLevel,
            boolean strict,
            long idleSeconds,
            long longestSeconds,
            Map<String, String> tags,
            List<String> acceptEnvironment,
            @Nullable List<String> modes,
            long version,
            @Nullable Integer recordingRetentionDays,
            @Nullable List<String> approvers,
            long approvalSeconds) {}

    /// What makes or replaces a connection. Needed: `name`, `agent` (id or name), `type` and the part of that
    /// name.
    @Json(naming = Json.Naming.LowerUnderscore)
    record ConnectionWrite(
            @Nullable String name,
            @Nullable String agent,
            @Nullable String type,
            @Nullable Custom custom,
            @Nullable Ssh ssh,
            @Nullable Tcp tcp,
            @Nullable Database postgres,
            @Nullable Database mysql,
            @Nullable String recording,
            @Nullable String recordingLevel,
            @Nullable Boolean strict,
            @Nullable Long idleSeconds,
            @Nullable Long longestSeconds,
            @Nullable Map<String, String> tags,
            @Nullable List<String> acceptEnvironment,
            @Nullable Long recordingRetentionDays,
            @Nullable List<String> approvers,
            @Nullable Long approvalSeconds) {

        /// One of which nothing is said of reviews.
        public ConnectionWrite(
                @Nullable String name,
                @Nullable String agent,
                @Nullable String type,
                @Nullable Custom custom,
                @Nullable Ssh ssh,
                @Nullable Tcp tcp,
                @Nullable Database postgres,
                @Nullable Database mysql,
                @Nullable String recording,
                @Nullable String recordingLevel,
                @Nullable Boolean strict,
                @Nullable Long idleSeconds,
                @Nullable Long longestSeconds,
                @Nullable Map<String, String> tags,
                @Nullable List<String> acceptEnvironment,
                @Nullable Long recordingRetentionDays) {
            this(
                    name,
                    agent,
                    type,
                    custom,
                    ssh,
                    tcp,
                    postgres,
                    mysql,
                    recording,
                    recordingLevel,
                    strict,
                    idleSeconds,
                    longestSeconds,
                    tags,
                    acceptEnvironment,
                    recordingRetentionDays,
                    null,
                    null);
        }

        /// One that is no database, and whose recordings are kept as the tenant's settings say.
        public ConnectionWrite(
                @Nullable String name,
                @Nullable String agent,
                @Nullable String type,
                @Nullable Custom custom,
                @Nullable Ssh ssh,
                @Nullable Tcp tcp,
                @Nullable String recording,
                @Nullable String recordingLevel,
                @Nullable Boolean strict,
                @Nullable Long idleSeconds,
                @Nullable Long longestSeconds,
                @Nullable Map<String, String> tags,
                @Nullable List<String> acceptEnvironment) {
            this(
                    name,
                    agent,
                    type,
                    custom,
                    ssh,
                    tcp,
                    null,
                    null,
                    recording,
                    recordingLevel,
                    strict,
                    idleSeconds,
                    longestSeconds,
                    tags,
                    acceptEnvironment,
                    null);
        }
    }

    /// A program on the agent's machine.
    ///
    /// @param command `argument`, `stdin` or `none`; none: by the entrypoint
    @Json(naming = Json.Naming.LowerUnderscore)
    record Custom(
            @Nullable List<String> entrypoint,
            @Nullable String runAs,
            @Nullable String command,
            @Nullable Boolean followStdin,
            @Nullable Map<String, String> environment,
            @Nullable Map<String, String> files,
            @Nullable String directory) {}

    /// An sshd.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Ssh(
            @Nullable String host,
            @Nullable Integer port,
            @Nullable String user,
            @Nullable String password,
            @Nullable String privateKey,
            @Nullable List<String> hostKeys,
            @Nullable String knownHosts,
            @Nullable List<String> forwards) {}

    /// A TCP service.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Tcp(@Nullable String host, @Nullable Integer port) {}

    /// A database server: PostgreSQL, or MySQL and MariaDB.
    ///
    /// @param port none: 5432, for `mysql` 3306
    /// @param databases which ones a client may ask for besides `database`, with `*` for any characters
    /// @param masking `default` or `none`; none: `default`
    /// @param guardrails names of ready-made ones that statements are held against
    /// @param rules rules of its own, which come first
    /// @param tls `disable`, `prefer`, `require`, `verify-ca` or `verify-full`; none: `verify-full`
    /// @param ca PEM; none: the authorities that the agent's Java trusts
    /// @param localInfile for `mysql`: whether `LOAD DATA LOCAL` may read from the client; none: no
    @Json(naming = Json.Naming.LowerUnderscore)
    record Database(
            @Nullable String host,
            @Nullable Integer port,
            @Nullable String user,
            @Nullable String password,
            @Nullable String database,
            @Nullable List<String> databases,
            @Nullable String tls,
            @Nullable String ca,
            @Nullable String certificate,
            @Nullable String privateKey,
            @Nullable String masking,
            @Nullable Boolean localInfile,
            @Nullable List<String> guardrails,
            @Nullable String rules) {

        /// One that reads no file of a client's.
        public Database(
                @Nullable String host,
                @Nullable Integer port,
                @Nullable String user,
                @Nullable String password,
                @Nullable String database,
                @Nullable List<String> databases,
                @Nullable String tls,
                @Nullable String ca,
                @Nullable String certificate,
                @Nullable String privateKey,
                @Nullable String masking) {
            this(
                    host,
                    port,
                    user,
                    password,
                    database,
                    databases,
                    tls,
                    ca,
                    certificate,
                    privateKey,
                    masking,
                    null,
                    null,
                    null);
        }
    }

    /// One page of a list.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Page(List<Connection> items, @Nullable String next) {}
}
