package dev.sallyport.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext;
import dev.sallyport.api.Agents;
import dev.sallyport.api.ApiJson;
import dev.sallyport.api.Me;
import dev.sallyport.api.Problem;
import dev.sallyport.api.Tenants;
import dev.sallyport.control.Instance.AgentDoor;
import dev.sallyport.control.Instance.DoorControl;
import dev.sallyport.control.http.KeyAuthentication;
import dev.sallyport.control.http.Router.Route;
import dev.sallyport.core.agent.BadAgentKey;
import dev.sallyport.core.agent.JoinToken;
import dev.sallyport.core.apikey.ApiKey;
import dev.sallyport.core.audit.AuditEntry;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.ChunkStore;
import dev.sallyport.core.recording.DataKeys;
import dev.sallyport.core.recording.FileDataKeys;
import dev.sallyport.core.recording.FolderChunkStore;
import dev.sallyport.core.tenant.FileTenantSigners;
import dev.sallyport.core.tenant.TenantSigners;
import dev.sallyport.store.LocalDynamo;
import dev.sallyport.store.RetentionSweep;
import dev.sallyport.store.Store;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A control plane on an empty store in memory, and who calls it as API Gateway would.
public final class Bed implements Instance {

    public final Clock clock;
    public final Store store;
    public final TenantSigners signers;
    public final ChunkStore chunks;
    public final DataKeys dataKeys;
    public final ControlPlane plane;

    /// What the SSH door was told.
    public final List<String> door = new ArrayList<>();

    private Optional<TenantId> operator = Optional.empty();
    private Set<String> origins = Set.of();

    public Bed() {
        this(Clock.systemUTC());
    }

    public Bed(Clock clock) {
        this(clock, LocalDynamo.watched(clock, Calls::add));
    }

    private Bed(Clock clock, Store store) {
        this(clock, store, newFolder());
    }

    private Bed(Clock clock, Store store, Path folder) {
        this(
                clock,
                store,
                new FileTenantSigners(folder.resolve("keys")),
                new FolderChunkStore(folder.resolve("recordings")),
                fileDataKeys(folder));
    }

    public Bed(Clock clock, Store store, TenantSigners signers, ChunkStore chunks, DataKeys dataKeys) {
        this.clock = clock;
        this.store = store;
        this.signers = signers;
        this.chunks = chunks;
        this.dataKeys = dataKeys;
        plane = new ControlPlane(store, signers, chunks, dataKeys, this, clock);
    }

    private static Path newFolder() {
        try {
            return Files.createTempDirectory("sallyport-control");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static DataKeys fileDataKeys(Path folder) {
        try {
            return FileDataKeys.readOrCreate(folder.resolve("data-keys"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /// Another process of the same control plane.
    public Bed(Bed other) {
        this(other.clock, other.store, other.signers, other.chunks, other.dataKeys);
    }

    /// A new tenant with its first admin key.
    public Tenants.CreatedTenant tenant(String slug) {
        return plane.createTenant(slug);
    }

    /// Makes this tenant the operator of the instance.
    public void operatedBy(Tenants.CreatedTenant tenant) {
        operator = Optional.of(id(tenant));
    }

    public static TenantId id(Tenants.CreatedTenant tenant) {
        return new TenantId(tenant.tenant().id());
    }

    @Override
    public Optional<TenantId> operator() {
        return operator;
    }

    /// Lets pages of these origins read the answers.
    public void read(String... by) {
        origins = Set.of(by);
    }

    @Override
    public Set<String> origins() {
        return origins;
    }

    @Override
    public Optional<URI> api() {
        return Optional.of(URI.create("https://api.example.com"));
    }

    @Override
    public AgentDoor agentDoor() {
        return new AgentDoor("127.0.0.1", 8010, new byte[32]);
    }

    @Override
    public Optional<Me.SshDoor> sshDoor() {
        return Optional.of(new Me.SshDoor("127.0.0.1", 12222, null));
    }

    @Override
    public Optional<DoorControl> doorControl() {
        return Optional.of(new DoorControl() {
            @Override
            public void listen(String host, int port) throws NotPossible {
                if (port == 1) {
                    throw new NotPossible("port 1 is taken");
                }
                door.add("listen " + host + " " + port);
            }

            @Override
            public void hostKeys(String text) {
                door.add("host keys");
            }

            @Override
            public List<String> hostKeys() {
                return List.of("SHA256:door");
            }
        });
    }

    /// What came back.
    public record Reply(int status, Map<String, String> headers, byte[] bytes) {

        public String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        public <T> T as(Class<T> type) {
            assertThat(status).as(text()).isBetween(200, 299);
            return read(type);
        }

        public Problem problem() {
            assertThat(headers.get("Content-Type")).as(text()).isEqualTo(Problem.MEDIA_TYPE);
            var problem = read(Problem.class);
            assertThat(problem.status()).isEqualTo(status);
            return problem;
        }

        /// The fields that the problem names.
        public List<String> wrongFields() {
            var errors = problem().errors();
            return errors == null
                    ? List.of()
                    : errors.stream().map(Problem.FieldError::field).toList();
        }

        private <T> T read(Class<T> type) {
            try {
                return ApiJson.readLeniently(type, bytes);
            } catch (ApiJson.NotReadable e) {
                throw new AssertionError("not a " + type.getSimpleName() + ": " + text(), e);
            }
        }
    }

    public Reply get(String key, String path) {
        return call("GET", path, key, null);
    }

    public Reply post(String key, String path, Object body) {
        return call("POST", path, key, body);
    }

    public Reply put(String key, String path, Object body) {
        return call("PUT", path, key, body);
    }

    public Reply delete(String key, String path) {
        return call("DELETE", path, key, null);
    }

    /// @param body a record, a text or bytes that are sent as they are, or nothing
    public Reply call(String method, String path, String key, @Nullable Object body) {
        return call(method, path, key, body, Map.of());
    }

    /// @param more headers, besides those that every request has
    public Reply call(String method, String path, String key, @Nullable Object body, Map<String, String> more) {
        int question = path.indexOf('?');
        var bare = question < 0 ? path : path.substring(0, question);
        var headers = new HashMap<String, String>();
        if (!key.isEmpty()) {
            headers.put("Authorization", "Bearer " + key);
        }
        headers.put("Content-Type", "application/json");
        headers.putAll(more);
        var bytes = switch (body) {
            case null -> new byte[0];
            case String text -> text.getBytes(StandardCharsets.UTF_8);
            case byte[] raw -> raw;
            default -> ApiJson.write(body);
        };
        var event = APIGatewayV2HTTPEvent.builder()
                .withVersion("2.0")
                .withRawPath(bare)
                .withQueryStringParameters(query(question < 0 ? "" : path.substring(question + 1)))
                .withHeaders(headers)
                .withBody(Base64.getEncoder().encodeToString(bytes))
                .withIsBase64Encoded(true)
                .withRequestContext(RequestContext.builder()
                        .withHttp(RequestContext.Http.builder()
                                .withMethod(method)
                                .withPath(bare)
                                .withSourceIp("192.0.2.7")
                                .build())
                        .build())
                .build();
        var function = plane.functions().stream()
                .filter(one -> one.paths().stream().anyMatch(head -> bare.equals(head) || bare.startsWith(head + "/")))
                .findFirst()
                .orElse(plane.functions().getFirst());
        var caller = bare.equals("/v1/agents/register")
                ? joining(body)
                : store.apiKeys().byHash(KeyAuthentication.hash(key)).map(ApiKey::tenant);
        boolean crossing = bare.startsWith("/v1/tenants") && caller.isPresent() && caller.equals(operator);
        var response = Calls.during(
                function.name(), caller, crossing, () -> function.handler().handleRequest(event, new NoContext()));
        var text = response.getBody();
        return new Reply(
                response.getStatusCode(),
                response.getHeaders(),
                response.getIsBase64Encoded()
                        ? Base64.getDecoder().decode(text)
                        : text.getBytes(StandardCharsets.UTF_8));
    }

    /// The tenant that a join token names, which stands in the place of a key's.
    private static Optional<TenantId> joining(@Nullable Object body) {
        try {
            return body instanceof Agents.Registration asked
                    ? Optional.of(JoinToken.parse(String.valueOf(asked.join())).tenant())
                    : Optional.empty();
        } catch (BadAgentKey e) {
            return Optional.empty();
        }
    }

    private static Map<String, String> query(String text) {
        var query = new HashMap<String, String>();
        for (var pair : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                query.put(
                        pair.substring(0, equals),
                        URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return query;
    }

    /// The retention sweep, as its function runs it: when `then` says so.
    public int sweep(Clock then) {
        return Calls.during("retention", Optional.empty(), true, () -> new RetentionSweep(store, chunks, then).run());
    }

    public List<Route> routes() {
        return plane.functions().stream()
                .flatMap(function -> function.handler().router().routes().stream())
                .toList();
    }

    /// The tenant's whole audit log, newest first.
    public List<AuditEntry> audit(TenantId tenant) {
        return store.auditLog()
                .list(tenant, Instant.EPOCH, clock.instant().plusSeconds(3_600), Optional.empty(), 500)
                .items();
    }
}
