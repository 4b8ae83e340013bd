package dev.sallyport.control.lambda;

import dev.sallyport.api.Me;
import dev.sallyport.control.ControlPlane;
import dev.sallyport.control.Instance;
import dev.sallyport.control.Origins;
import dev.sallyport.control.sessions.SignedChunkUrls;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.store.RetentionSweep;
import dev.sallyport.store.Store;
import dev.sallyport.store.Tables;
import dev.sallyport.store.https.Authorities;
import dev.sallyport.store.kms.DerivedKey;
import dev.sallyport.store.kms.Kms;
import dev.sallyport.store.kms.KmsDataKeys;
import dev.sallyport.store.kms.KmsTenantSigners;
import dev.sallyport.store.s3.S3ChunkStore;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// What a function is told by its environment variables: names of things, never a secret.
///
/// Region, credentials and, where there are any, other endpoints (`AWS_ENDPOINT_URL_DYNAMODB`, `…_KMS`, `…_S3`) are
/// the AWS SDK's own variables.
///
/// @param tables `SALLYPORT_TABLES`: what the tables' names start with
/// @param tenantKeys `SALLYPORT_TENANT_KEYS`: what the aliases of the tenants' signing keys start with
/// @param dataKey `SALLYPORT_DATA_KEY`: the KMS key under which the keys of recordings are
/// @param chunkUrlKey `SALLYPORT_CHUNK_URL_KEY`: the KMS key (HMAC) that the addresses of chunks come from
/// @param bucket `SALLYPORT_BUCKET`: where the chunks of recordings are
/// @param agentDoor `SALLYPORT_AGENT_DOOR` (`host:port`) and `SALLYPORT_AGENT_PIN` (base64, 32 bytes)
/// @param api `SALLYPORT_API` (`https://…`): where new agents fetch their keys; may be missing: then none can
/// @param sshDoor `SALLYPORT_SSH_DOOR` (`host:port`); may be missing
/// @param operator `SALLYPORT_OPERATOR`: the tenant that operates this instance; may be missing
/// @param origins `SALLYPORT_ORIGINS`: origins of pages that may read the API's answers, with commas; may be missing
/// @param authorities `SALLYPORT_AWS_AUTHORITIES`: `amazon`, or `jdk`; may be missing: Amazon's own
record Environment(
        String tables,
        String tenantKeys,
        String dataKey,
        String chunkUrlKey,
        String bucket,
        Instance.AgentDoor agentDoor,
        Optional<URI> api,
        Optional<Me.SshDoor> sshDoor,
        Optional<TenantId> operator,
        Set<String> origins,
        Authorities authorities) {

    private static final Pattern DOOR = Pattern.compile("([A-Za-z0-9.-]{1,253}):([0-9]{1,5})");
    private static final Pattern API =
            Pattern.compile("https://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?(/[A-Za-z0-9._~-]{1,64}){0,4}");
    private static final int PIN = 32;
    private static final String CHUNK_URLS = "chunk addresses v1";

    /// The environment of this process.
    static Environment ofProcess() {
        return of(System.getenv());
    }

    /// @throws BadEnvironment when something is missing or wrong; it names all of it
    static Environment of(Map<String, String> variables) {
        var read = new Reading(variables);
        var tables = read.matching("SALLYPORT_TABLES", "[A-Za-z0-9_.-]{0,100}", "the head of the tables' names");
        var tenantKeys = read.matching(
                "SALLYPORT_TENANT_KEYS",
                "alias/[A-Za-z0-9/_-]{1,200}",
                "the head of the tenants' KMS aliases: alias/…");
        var dataKey = read.matching("SALLYPORT_DATA_KEY", "\\S{1,2048}", "a KMS key for the keys of recordings");
        var chunkUrlKey =
                read.matching("SALLYPORT_CHUNK_URL_KEY", "\\S{1,2048}", "a KMS HMAC key for the addresses of chunks");
        var bucket = read.matching("SALLYPORT_BUCKET", "[a-z0-9.-]{3,63}", "the bucket of the recordings");
        var agents = read.door("SALLYPORT_AGENT_DOOR", read.needed("SALLYPORT_AGENT_DOOR", "where agents dial"));
        var pin = read.pin();
        var api = read.optional("SALLYPORT_API").flatMap(read::api);
        var ssh = read.optional("SALLYPORT_SSH_DOOR").map(text -> read.door("SALLYPORT_SSH_DOOR", text));
        var operator = read.optional("SALLYPORT_OPERATOR").flatMap(read::tenant);
        var origins = read.optional("SALLYPORT_ORIGINS").map(read::origins).orElse(Set.of());
        var authorities = read.optional("SALLYPORT_AWS_AUTHORITIES")
                .map(read::authorities)
                .orElse(Authorities.AMAZON);
        read.check();
        return new Environment(
                tables,
                tenantKeys,
                dataKey,
                chunkUrlKey,
                bucket,
                new Instance.AgentDoor(agents.host(), agents.port(), pin),
                api,
                ssh.map(door -> new Me.SshDoor(door.host(), door.port(), null)),
                operator,
                origins,
                authorities);
    }

    /// A control plane on what this names. Nothing is asked for, connected to or drawn at random here: that begins
    /// with the first request, so that a snapshot of the process holds nothing secret.
    ControlPlane controlPlane(Clock clock) {
        var kms = new Kms(authorities);
        return new ControlPlane(
                new Store(Tables.aws(tables, authorities, clock)),
                new KmsTenantSigners(kms, tenantKeys),
                new S3ChunkStore(bucket, authorities),
                new KmsDataKeys(kms, dataKey),
                new SignedChunkUrls(new DerivedKey(kms, chunkUrlKey, CHUNK_URLS), clock),
                new Deployed(this),
                clock);
    }

    /// What deletes recordings, on what this names. Nothing is asked for here, either.
    RetentionSweep retentionSweep(Clock clock) {
        return new RetentionSweep(
                new Store(Tables.aws(tables, authorities, clock)), new S3ChunkStore(bucket, authorities), clock);
    }

    /// The instance as its deployment names it; its doors are not the control plane's to change.
    private record Deployed(Environment environment) implements Instance {

        @Override
        public Optional<TenantId> operator() {
            return environment.operator();
        }

        @Override
        public Set<String> origins() {
            return environment.origins();
        }

        @Override
        public AgentDoor agentDoor() {
            return environment.agentDoor();
        }

        @Override
        public Optional<URI> api() {
            return environment.api();
        }

        @Override
        public Optional<Me.SshDoor> sshDoor() {
            return environment.sshDoor();
        }

        @Override
        public Optional<DoorControl> doorControl() {
            return Optional.empty();
        }
    }

    /// A function cannot start so; the message says what to set.
    static final class BadEnvironment extends RuntimeException {

        private static final long serialVersionUID = 1;

        BadEnvironment(List<String> wrong) {
            super("this function cannot start: " + String.join("; ", wrong));
        }
    }

    private record Door(String host, int port) {}

    /// Reads variables, and remembers what is wrong with them.
    private static final class Reading {

        private final Map<String, String> variables;
        private final List<String> wrong = new ArrayList<>();

        Reading(Map<String, String> variables) {
            this.variables = variables;
        }

        Optional<String> optional(String name) {
            return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
        }

        String needed(String name, String what) {
            var value = variables.get(name);
            if (value == null) {
                wrong.add("set " + name + ": " + what);
                return "";
            }
            return value;
        }

        String matching(String name, String pattern, String what) {
            var value = needed(name, what);
            if (variables.containsKey(name) && !value.matches(pattern)) {
                wrong.add(name + " is not " + what);
            }
            return value;
        }

        Door door(String name, String text) {
            var door = DOOR.matcher(text);
            if (door.matches()) {
                int port = Integer.parseInt(door.group(2));
                if (port >= 1 && port <= 65_535) {
                    return new Door(door.group(1), port);
                }
            }
            if (variables.containsKey(name)) {
                wrong.add(name + " is not host:port");
            }
            return new Door("", 0);
        }

        Optional<URI> api(String text) {
            if (API.matcher(text).matches()) {
                return Optional.of(URI.create(text));
            }
            wrong.add("SALLYPORT_API is not https://HOST, with a port and a path where it has them");
            return Optional.empty();
        }

        byte[] pin() {
            var name = "SALLYPORT_AGENT_PIN";
            var text = needed(name, "the SHA-256 of the edges' CA, in base64");
            try {
                var pin = Base64.getDecoder().decode(text);
                if (pin.length == PIN) {
                    return pin;
                }
            } catch (IllegalArgumentException e) {
                // said below, like a length that is wrong
            }
            if (variables.containsKey(name)) {
                wrong.add(name + " is not a SHA-256 in base64");
            }
            return new byte[PIN];
        }

        Optional<TenantId> tenant(String text) {
            try {
                return Optional.of(new TenantId(text));
            } catch (IllegalArgumentException e) {
                wrong.add("SALLYPORT_OPERATOR is not the id of a tenant");
                return Optional.empty();
            }
        }

        Set<String> origins(String text) {
            try {
                return Origins.parse(text);
            } catch (IllegalArgumentException e) {
                wrong.add("SALLYPORT_ORIGINS: " + e.getMessage());
                return Set.of();
            }
        }

        Authorities authorities(String text) {
            return switch (text) {
                case "amazon" -> Authorities.AMAZON;
                case "jdk" -> Authorities.JDK;
                default -> {
                    wrong.add("SALLYPORT_AWS_AUTHORITIES is not amazon or jdk");
                    yield Authorities.AMAZON;
                }
            };
        }

        void check() {
            if (!wrong.isEmpty()) {
                throw new BadEnvironment(wrong);
            }
        }
    }
}
