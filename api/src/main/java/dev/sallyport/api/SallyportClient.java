package dev.sallyport.api;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Calls the API with one key.
///
/// Every method throws [Refused] when the API answers with a problem, and [IOException] when it does not answer
/// within [#PATIENCE], or with something that is no answer of ours. Redirects are not followed: the key goes
/// nowhere else. Safe for many threads.
public final class SallyportClient implements AutoCloseable {

    /// What was read, and the tag of that state: a change that is sent with it is done only while nothing else has
    /// changed it (`If-Match`), and is [Refused] otherwise.
    public record Tagged<T>(T value, String tag) {}

    /// Longest wait for an answer.
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    private final URI base;
    private final String key;
    private final HttpClient http;

    /// @param base the API's address without `/v1`, such as `http://127.0.0.1:8009`
    /// @param key the API key, `sally_…`
    public SallyportClient(URI base, String key) {
        this(base, key, Optional.empty());
    }

    /// @param base the API's address without `/v1`
    /// @param key the API key, `sally_…`
    /// @param tls whom to trust instead of the authorities that the JDK knows; see [Trust]
    public SallyportClient(URI base, String key, Optional<SSLContext> tls) {
        this.base = base;
        this.key = key;
        var builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10))
                .followRedirects(HttpClient.Redirect.NEVER);
        tls.ifPresent(builder::sslContext);
        this.http = builder.build();
    }

    @Override
    public void close() {
        http.close();
    }

    public Me me() throws IOException, Refused {
        return get(Me.class, path("me"), Map.of());
    }

    public Tenants.Page tenants(@Nullable String cursor) throws IOException, Refused {
        return get(Tenants.Page.class, path("tenants"), after(cursor));
    }

    public Tenants.CreatedTenant createTenant(Tenants.NewTenant tenant) throws IOException, Refused {
        return post(Tenants.CreatedTenant.class, path("tenants"), tenant);
    }

    /// The quotas of a tenant; for the operator.
    public Settings.Quotas quotas(String tenant) throws IOException, Refused {
        return get(Settings.Quotas.class, path("tenants", tenant, "quotas"), Map.of());
    }

    public Settings.Quotas setQuotas(String tenant, Settings.QuotasWrite write) throws IOException, Refused {
        return put(Settings.Quotas.class, path("tenants", tenant, "quotas"), write);
    }

    public Settings.TenantSettings settings() throws IOException, Refused {
        return get(Settings.TenantSettings.class, path("settings"), Map.of());
    }

    public Settings.TenantSettings updateSettings(Settings.SettingsWrite write) throws IOException, Refused {
        return put(Settings.TenantSettings.class, path("settings"), write);
    }

    public ServiceAccounts.Page serviceAccounts(@Nullable String cursor) throws IOException, Refused {
        return get(ServiceAccounts.Page.class, path("service-accounts"), after(cursor));
    }

    /// @param account id or name
    public ServiceAccounts.ServiceAccount serviceAccount(String account) throws IOException, Refused {
        return get(ServiceAccounts.ServiceAccount.class, path("service-accounts", account), Map.of());
    }

    public ServiceAccounts.ServiceAccount createServiceAccount(ServiceAccounts.ServiceAccountWrite account)
            throws IOException, Refused {
        return post(ServiceAccounts.ServiceAccount.class, path("service-accounts"), account);
    }

    public ServiceAccounts.ServiceAccount updateServiceAccount(
            String account, ServiceAccounts.ServiceAccountWrite write) throws IOException, Refused {
        return put(ServiceAccounts.ServiceAccount.class, path("service-accounts", account), write);
    }

    public void deleteServiceAccount(String account) throws IOException, Refused {
        delete(path("service-accounts", account));
    }

    public Users.Page users(@Nullable String cursor) throws IOException, Refused {
        return get(Users.Page.class, path("users"), after(cursor));
    }

    /// @param user id or e-mail address
    public Users.User user(String user) throws IOException, Refused {
        return get(Users.User.class, path("users", user), Map.of());
    }

    public Users.User createUser(Users.UserWrite user) throws IOException, Refused {
        return post(Users.User.class, path("users"), user);
    }

    public Users.User updateUser(String user, Users.UserWrite write) throws IOException, Refused {
        return put(Users.User.class, path("users", user), write);
    }

    public Tagged<Users.User> taggedUser(String user) throws IOException, Refused {
        return tagged(Users.User.class, path("users", user));
    }

    public Users.User updateUser(String user, Users.UserWrite write, String tag) throws IOException, Refused {
        return put(Users.User.class, path("users", user), write, tag);
    }

    public void deleteUser(String user) throws IOException, Refused {
        delete(path("users", user));
    }

    public void deleteUser(String user, String tag) throws IOException, Refused {
        delete(path("users", user), tag);
    }

    public Groups.Page groups(@Nullable String cursor) throws IOException, Refused {
        return get(Groups.Page.class, path("groups"), after(cursor));
    }

    /// @param group id or name
    public Groups.Group group(String group) throws IOException, Refused {
        return get(Groups.Group.class, path("groups", group), Map.of());
    }

    public Groups.Group createGroup(Groups.NewGroup group) throws IOException, Refused {
        return post(Groups.Group.class, path("groups"), group);
    }

    public void deleteGroup(String group) throws IOException, Refused {
        delete(path("groups", group));
    }

    public Keys.Page keys(@Nullable String cursor) throws IOException, Refused {
        return get(Keys.Page.class, path("keys"), after(cursor));
    }

    public Keys.CreatedKey createKey(Keys.NewKey newKey) throws IOException, Refused {
        return post(Keys.CreatedKey.class, path("keys"), newKey);
    }

    public void deleteKey(String id) throws IOException, Refused {
        delete(path("keys", id));
    }

    public Agents.Page agents(@Nullable String cursor) throws IOException, Refused {
        return get(Agents.Page.class, path("agents"), after(cursor));
    }

    /// @param agent id or name
    public Agents.Agent agent(String agent) throws IOException, Refused {
        return get(Agents.Agent.class, path("agents", agent), Map.of());
    }

    public Agents.KeyedAgent createAgent(Agents.NewAgent agent) throws IOException, Refused {
        return post(Agents.KeyedAgent.class, path("agents"), agent);
    }

    /// Gives the agent a new key; the one before counts for an hour more.
    public Agents.KeyedAgent rotateAgentKey(String agent) throws IOException, Refused {
        return post(Agents.KeyedAgent.class, path("agents", agent, "rotate-key"), null);
    }

    /// A new line with which the agent fetches a new key itself; one from before no longer counts.
    public Agents.KeyedAgent joinAgent(String agent) throws IOException, Refused {
        return post(Agents.KeyedAgent.class, path("agents", agent, "join"), null);
    }

    /// Takes all keys of the agent out of use at once.
    public Agents.Agent revokeAgent(String agent) throws IOException, Refused {
        return post(Agents.Agent.class, path("agents", agent, "revoke"), null);
    }

    public void deleteAgent(String agent) throws IOException, Refused {
        delete(path("agents", agent));
    }

    public Connections.Page connections(@Nullable String cursor) throws IOException, Refused {
        return get(Connections.Page.class, path("connections"), after(cursor));
    }

    /// @param connection id or name
    public Connections.Connection connection(String connection) throws IOException, Refused {
        return get(Connections.Connection.class, path("connections", connection), Map.of());
    }

    public Connections.Connection createConnection(Connections.ConnectionWrite connection) throws IOException, Refused {
        return post(Connections.Connection.class, path("connections"), connection);
    }

    public Connections.Connection updateConnection(String connection, Connections.ConnectionWrite write)
            throws IOException, Refused {
        return put(Connections.Connection.class, path("connections", connection), write);
    }

    public Tagged<Connections.Connection> taggedConnection(String connection) throws IOException, Refused {
        return tagged(Connections.Connection.class, path("connections", connection));
    }

    public Connections.Connection updateConnection(String connection, Connections.ConnectionWrite write, String tag)
            throws IOException, Refused {
        return put(Connections.Connection.class, path("connections", connection), write, tag);
    }

    public void deleteConnection(String connection) throws IOException, Refused {
        delete(path("connections", connection));
    }

    public void deleteConnection(String connection, String tag) throws IOException, Refused {
        delete(path("connections", connection), tag);
    }

    /// Begins a test. It runs, unless its state says otherwise.
    ///
    /// @param connection id or name
    public ConnectionTests.ConnectionTest testConnection(String connection) throws IOException, Refused {
        return post(ConnectionTests.ConnectionTest.class, path("connections", connection, "tests"), null);
    }

    /// @param connection id or name
    public ConnectionTests.ConnectionTest connectionTest(String connection, String test) throws IOException, Refused {
        return get(ConnectionTests.ConnectionTest.class, path("connections", connection, "tests", test), Map.of());
    }

    /// @param user id or e-mail address
    /// @param connection id or name
    /// @param mode `connect` or `exec`
    /// @param at RFC 3339; none: now
    /// @param from an address; none: from one that is not known
    public Access.Explanation explainAccess(
            String user, String connection, String mode, @Nullable String at, @Nullable String from)
            throws IOException, Refused {
        var query = asked(at, from);
        query.putAll(Map.of("user", user, "connection", connection, "mode", mode));
        return get(Access.Explanation.class, path("access", "explain"), query);
    }

    private static Map<String, String> asked(@Nullable String at, @Nullable String from) {
        var query = new TreeMap<String, String>();
        if (at != null) {
            query.put("at", at);
        }
        if (from != null) {
            query.put("from", from);
        }
        return query;
    }

    /// @param connection id or name
    /// @param at RFC 3339; none: now
    /// @param from an address; none: from one that is not known
    public Access.Page whoMay(String connection, @Nullable String at, @Nullable String from, @Nullable String cursor)
            throws IOException, Refused {
        var query = asked(at, from);
        query.putAll(after(cursor));
        query.put("connection", connection);
        return get(Access.Page.class, path("access", "who"), query);
    }

    public Rules.Page rules(@Nullable String cursor) throws IOException, Refused {
        return get(Rules.Page.class, path("access-rules"), after(cursor));
    }

    public Rules.Rule rule(String id) throws IOException, Refused {
        return get(Rules.Rule.class, path("access-rules", id), Map.of());
    }

    public Rules.Rule createRule(Rules.RuleWrite rule) throws IOException, Refused {
        return post(Rules.Rule.class, path("access-rules"), rule);
    }

    public Rules.Rule updateRule(String id, Rules.RuleWrite write) throws IOException, Refused {
        return put(Rules.Rule.class, path("access-rules", id), write);
    }

    public Tagged<Rules.Rule> taggedRule(String id) throws IOException, Refused {
        return tagged(Rules.Rule.class, path("access-rules", id));
    }

    public Rules.Rule updateRule(String id, Rules.RuleWrite write, String tag) throws IOException, Refused {
        return put(Rules.Rule.class, path("access-rules", id), write, tag);
    }

    public void deleteRule(String id) throws IOException, Refused {
        delete(path("access-rules", id));
    }

    public void deleteRule(String id, String tag) throws IOException, Refused {
        delete(path("access-rules", id), tag);
    }

    public Guardrails.Page guardrails(@Nullable String cursor) throws IOException, Refused {
        return get(Guardrails.Page.class, path("guardrails"), after(cursor));
    }

    /// @param name or id
    public Guardrails.Guardrail guardrail(String name) throws IOException, Refused {
        return get(Guardrails.Guardrail.class, path("guardrails", name), Map.of());
    }

    public Guardrails.Guardrail createGuardrail(Guardrails.GuardrailWrite write) throws IOException, Refused {
        return post(Guardrails.Guardrail.class, path("guardrails"), write);
    }

    public Guardrails.Guardrail updateGuardrail(String name, Guardrails.GuardrailWrite write)
            throws IOException, Refused {
        return put(Guardrails.Guardrail.class, path("guardrails", name), write);
    }

    public Tagged<Guardrails.Guardrail> taggedGuardrail(String name) throws IOException, Refused {
        return tagged(Guardrails.Guardrail.class, path("guardrails", name));
    }

    public Guardrails.Guardrail updateGuardrail(String name, Guardrails.GuardrailWrite write, String tag)
            throws IOException, Refused {
        return put(Guardrails.Guardrail.class, path("guardrails", name), write, tag);
    }

    public void deleteGuardrail(String name) throws IOException, Refused {
        delete(path("guardrails", name));
    }

    public void deleteGuardrail(String name, String tag) throws IOException, Refused {
        delete(path("guardrails", name), tag);
    }

    public MaskingRules.Page maskingRules(@Nullable String cursor) throws IOException, Refused {
        return get(MaskingRules.Page.class, path("masking-rules"), after(cursor));
    }

    /// @param name or id
    public MaskingRules.MaskingRule maskingRule(String name) throws IOException, Refused {
        return get(MaskingRules.MaskingRule.class, path("masking-rules", name), Map.of());
    }

    public MaskingRules.MaskingRule createMaskingRule(MaskingRules.MaskingRuleWrite write) throws IOException, Refused {
        return post(MaskingRules.MaskingRule.class, path("masking-rules"), write);
    }

    public MaskingRules.MaskingRule updateMaskingRule(String name, MaskingRules.MaskingRuleWrite write)
            throws IOException, Refused {
        return put(MaskingRules.MaskingRule.class, path("masking-rules", name), write);
    }

    public Tagged<MaskingRules.MaskingRule> taggedMaskingRule(String name) throws IOException, Refused {
        return tagged(MaskingRules.MaskingRule.class, path("masking-rules", name));
    }

    public MaskingRules.MaskingRule updateMaskingRule(String name, MaskingRules.MaskingRuleWrite write, String tag)
            throws IOException, Refused {
        return put(MaskingRules.MaskingRule.class, path("masking-rules", name), write, tag);
    }

    public void deleteMaskingRule(String name) throws IOException, Refused {
        delete(path("masking-rules", name));
    }

    public void deleteMaskingRule(String name, String tag) throws IOException, Refused {
        delete(path("masking-rules", name), tag);
    }

    /// What guardrails would say of statements that nobody runs.
    public DryRuns.GuardrailsVerdicts dryRun(DryRuns.GuardrailsDryRun asked) throws IOException, Refused {
        return post(DryRuns.GuardrailsVerdicts.class, path("dry-runs", "guardrails"), asked);
    }

    public SshServer.Configuration sshServer() throws IOException, Refused {
        return get(SshServer.Configuration.class, path("ssh-server"), Map.of());
    }

    public SshServer.Configuration applySshServer(SshServer.Apply apply) throws IOException, Refused {
        return put(SshServer.Configuration.class, path("ssh-server"), apply);
    }

    public Tagged<SshServer.Configuration> taggedSshServer() throws IOException, Refused {
        return tagged(SshServer.Configuration.class, path("ssh-server"));
    }

    public SshServer.Configuration applySshServer(SshServer.Apply apply, String tag) throws IOException, Refused {
        return put(SshServer.Configuration.class, path("ssh-server"), apply, tag);
    }

    public Cas.Page cas(@Nullable String cursor) throws IOException, Refused {
        return get(Cas.Page.class, path("cas"), after(cursor));
    }

    public Cas.Ca ca(String id) throws IOException, Refused {
        return get(Cas.Ca.class, path("cas", id), Map.of());
    }

    public Cas.Ca addCa(Cas.NewCa ca) throws IOException, Refused {
        return post(Cas.Ca.class, path("cas"), ca);
    }

    public Cas.Ca proveCa(String id, Cas.Proof proof) throws IOException, Refused {
        return post(Cas.Ca.class, path("cas", id, "proof"), proof);
    }

    public void deleteCa(String id) throws IOException, Refused {
        delete(path("cas", id));
    }

    public Revocations.Page revocations(@Nullable String cursor) throws IOException, Refused {
        return get(Revocations.Page.class, path("revocations"), after(cursor));
    }

    public Revocations.Revocation createRevocation(Revocations.NewRevocation revocation) throws IOException, Refused {
        return post(Revocations.Revocation.class, path("revocations"), revocation);
    }

    public void deleteRevocation(String id) throws IOException, Refused {
        delete(path("revocations", id));
    }

    /// @param filters `state`, `limit`, `cursor`
    public Reviews.Page reviews(Map<String, String> filters) throws IOException, Refused {
        return get(Reviews.Page.class, path("reviews"), filters);
    }

    public Reviews.Review review(String id) throws IOException, Refused {
        return get(Reviews.Review.class, path("reviews", id), Map.of());
    }

    public Reviews.Review approveReview(String id, Reviews.Approve approve) throws IOException, Refused {
        return post(Reviews.Review.class, path("reviews", id, "approve"), approve);
    }

    public Reviews.Review rejectReview(String id, Reviews.Reject reject) throws IOException, Refused {
        return post(Reviews.Review.class, path("reviews", id, "reject"), reject);
    }

    /// @param filters `user`, `connection`, `state`, `from`, `to`, `limit`, `cursor`
    public Sessions.Page sessions(Map<String, String> filters) throws IOException, Refused {
        return get(Sessions.Page.class, path("sessions"), filters);
    }

    /// @param query `q`, `connection`, `user`, `since`, `until`, `verdict`, `limit`, `cursor`
    public Statements.Page statements(Map<String, String> query) throws IOException, Refused {
        return get(Statements.Page.class, path("statements"), query);
    }

    public Sessions.Session session(String id) throws IOException, Refused {
        return get(Sessions.Session.class, path("sessions", id), Map.of());
    }

    public Sessions.Session killSession(String id) throws IOException, Refused {
        return killSession(id, new Sessions.Kill(null));
    }

    public Sessions.Session killSession(String id, Sessions.Kill kill) throws IOException, Refused {
        return post(Sessions.Session.class, path("sessions", id, "kill"), kill);
    }

    /// Opens a recording: gives its key. Stands in the audit log.
    public Sessions.Recording recording(String session) throws IOException, Refused {
        return get(Sessions.Recording.class, path("sessions", session, "recording"), Map.of());
    }

    /// Destroys the key of a recording, and deletes its chunks.
    public Sessions.Session deleteRecording(String session, String reason) throws IOException, Refused {
        var address = path("sessions", session, "recording") + "?reason=" + encoded(reason);
        return read(Sessions.Session.class, send(authorized(address).DELETE()));
    }

    /// Puts a session on legal hold: its recording is not deleted.
    public Sessions.Hold holdSession(String session, Sessions.HoldWrite write) throws IOException, Refused {
        return put(Sessions.Hold.class, path("sessions", session, "hold"), write);
    }

    public void releaseSession(String session, String reason) throws IOException, Refused {
        delete(path("sessions", session, "hold") + "?reason=" + encoded(reason));
    }

    public Sessions.HoldPage holds(@Nullable String cursor) throws IOException, Refused {
        return get(Sessions.HoldPage.class, path("holds"), after(cursor));
    }

    /// Notes that an export of the whole tenant begins.
    public Exports.Export beginExport() throws IOException, Refused {
        return post(Exports.Export.class, path("exports"), null);
    }

    /// The chunks from number `from` on.
    public Sessions.Chunks chunks(String session, int from) throws IOException, Refused {
        return get(
                Sessions.Chunks.class,
                path("sessions", session, "recording", "chunks"),
                Map.of("from", Integer.toString(from)));
    }

    /// The bytes behind a chunk's address. The key is not sent along.
    public byte[] chunk(Sessions.Chunk chunk) throws IOException, Refused {
        var request = HttpRequest.newBuilder(base.resolve(chunk.url())).GET();
        return send(request);
    }

    /// @param filters `from`, `to`, `limit`, `cursor`
    public Audit.Page audit(Map<String, String> filters) throws IOException, Refused {
        return get(Audit.Page.class, path("audit"), filters);
    }

    /// All entries of one minute, in the order in which a checkpoint covers them.
    ///
    /// @param minute `yyyyMMddHHmm` in UTC
    public Audit.Page auditMinute(String minute) throws IOException, Refused {
        return get(Audit.Page.class, path("audit", "minutes", minute), Map.of());
    }

    /// Checkpoints from number `from` on.
    public Audit.Checkpoints checkpoints(long from) throws IOException, Refused {
        return get(Audit.Checkpoints.class, path("checkpoints"), Map.of("from", Long.toString(from)));
    }

    private static Map<String, String> after(@Nullable String cursor) {
        return cursor == null ? Map.of() : Map.of("cursor", cursor);
    }

    private static String path(String... segments) {
        var path = new StringBuilder("/v1");
        for (var segment : segments) {
            path.append('/').append(encoded(segment));
        }
        return path.toString();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private <T> T get(Class<T> type, String path, Map<String, String> query) throws IOException, Refused {
        var address = new StringBuilder(path);
        char separator = '?';
        for (var parameter : query.entrySet()) {
            address.append(separator)
                    .append(encoded(parameter.getKey()))
                    .append('=')
                    .append(encoded(parameter.getValue()));
            separator = '&';
        }
        return read(type, send(authorized(address.toString()).GET()));
    }

    /// Sent once more when the answer is lost.
    private <T> T post(Class<T> type, String path, @Nullable Object body) throws IOException, Refused {
        var request = authorized(path)
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .POST(json(body));
        try {
            return read(type, send(request));
        } catch (ConnectException | HttpTimeoutException e) {
            throw e;
        } catch (IOException e) {
            // The answer was lost on the way, perhaps with a connection that was kept for too long: the same request
            // again is not done twice.
            return read(type, send(request));
        }
    }

    private <T> Tagged<T> tagged(Class<T> type, String path) throws IOException, Refused {
        var answer = exchange(authorized(path).GET());
        var tag = answer.headers()
                .firstValue("ETag")
                .orElseThrow(() -> new IOException("the API's answer says nothing of its state (no ETag)"));
        return new Tagged<>(read(type, answer.body()), tag);
    }

    private <T> T put(Class<T> type, String path, Object body) throws IOException, Refused {
        return read(type, send(authorized(path).PUT(json(body))));
    }

    private <T> T put(Class<T> type, String path, Object body, String tag) throws IOException, Refused {
        return read(type, send(authorized(path).header("If-Match", tag).PUT(json(body))));
    }

    private void delete(String path) throws IOException, Refused {
        var _ = send(authorized(path).DELETE());
    }

    private void delete(String path, String tag) throws IOException, Refused {
        var _ = send(authorized(path).header("If-Match", tag).DELETE());
    }

    private static HttpRequest.BodyPublisher json(@Nullable Object body) {
        return body == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofByteArray(ApiJson.write(body));
    }

    private HttpRequest.Builder authorized(String address) {
        return HttpRequest.newBuilder(base.resolve(address))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json");
    }

    private record Exchanged(HttpHeaders headers, byte[] body) {}

    private byte[] send(HttpRequest.Builder builder) throws IOException, Refused {
        return exchange(builder).body();
    }

    private Exchanged exchange(HttpRequest.Builder builder) throws IOException, Refused {
        HttpResponse<InputStream> response;
        try {
            response = http.send(builder.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the API", e);
        }
        byte[] body;
        try (var in = response.body()) {
            body = in.readNBytes(Limits.ANSWER + 1);
        }
        if (body.length > Limits.ANSWER) {
            throw new IOException("the API's answer is longer than " + Limits.ANSWER + " bytes");
        }
        if (response.statusCode() / 100 != 2) {
            throw new Refused(problem(response, body)
                    .orElseThrow(() -> new IOException(
                            "the API answered with status " + response.statusCode() + " and no reason")));
        }
        return new Exchanged(response.headers(), body);
    }

    private static Optional<Problem> problem(HttpResponse<?> response, byte[] body) {
        var type = response.headers().firstValue("Content-Type").orElse("");
        if (!type.startsWith(Problem.MEDIA_TYPE)) {
            return Optional.empty();
        }
        try {
            return Optional.of(ApiJson.readLeniently(Problem.class, body));
        } catch (ApiJson.NotReadable e) {
            return Optional.empty();
        }
    }

    private static <T> T read(Class<T> type, byte[] body) throws IOException {
        try {
            return ApiJson.readLeniently(type, body);
        } catch (ApiJson.NotReadable e) {
            throw new IOException("the API's answer could not be understood: is this address Sallyport's?", e);
        }
    }
}
