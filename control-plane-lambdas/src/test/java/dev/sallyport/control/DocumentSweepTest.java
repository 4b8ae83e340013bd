package dev.sallyport.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sallyport.api.Agents;
import dev.sallyport.api.Cas;
import dev.sallyport.api.ConnectionTests;
import dev.sallyport.api.Connections;
import dev.sallyport.api.Groups;
import dev.sallyport.api.Limits;
import dev.sallyport.api.Reviews;
import dev.sallyport.api.Sessions;
import dev.sallyport.api.Users;
import dev.sallyport.control.Bed.Reply;
import dev.sallyport.control.Document.NotSaid;
import dev.sallyport.control.Document.Operation;
import dev.sallyport.control.Document.Parameter;
import dev.sallyport.core.agent.JoinToken;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.ReviewId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.session.Outcome;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Sends to every operation of the document what is right, what is wrong and what is meant to harm, as every role,
/// next to a second tenant: nothing fails, what is answered is what the document says, and nothing of the other
/// tenant is in it (class 27).
///
/// New operations are swept without a word here, with values made up from their schemas; where those are not
/// good enough to be done once, [#body] or [#own] knows better ones.
@Tag("fuzz")
final class DocumentSweepTest {

    private static final List<String> TYPES = List.of("custom", "ssh", "tcp", "postgres", "mysql");

    private static final Pattern INNARDS = Pattern.compile(
            "Exception|\\bjavax?\\.|\\bjdk\\.|dev\\.sallyport|io\\.avaje|software\\.amazon|\\.java:\\d");

    /// What stands in another's things only.
    private static final String CANARY = "canary-of-the-other";

    private static final String HERE = "\"@here@\"";

    /// JSON in the place of any field.
    private static final List<String> WRONG = List.of(
            "null",
            "true",
            "-1",
            "0.5",
            "1e400",
            "9223372036854775808",
            "\"\"",
            "\" \"",
            "\"x\\u0000\\u001b[2J\\r\\nX-Header: 1\"",
            "\"\\ud800\"",
            "\"<script>'\\\"; -- ${7*7} ../../\"",
            "\"" + "é".repeat(Limits.FREE_TEXT) + "\"",
            "\"" + "z".repeat(70_000) + "\"",
            "\"-1000000000-01-01T00:00:00Z\"",
            "\"+1000000000-12-31T23:59:59Z\"",
            "[]",
            "[null, 1, {}]",
            "[" + "\"a\",".repeat(Limits.ENTRIES) + "\"a\"]",
            "{}",
            "{\"a\": null, \"b c\": \"d\", \"\": \"\"}");

    private static final List<String> BROKEN = List.of(
            "",
            " ",
            "null",
            "[]",
            "{",
            "\"text\"",
            "1",
            "{}{}",
            "\ufeff{}",
            "{\"name\": \"a\", \"name\": \"b\"}",
            "{\"name\": {\"name\": {\"name\": {}}}}",
            "[".repeat(100_000),
            "{\"a\":".repeat(100_000),
            "{\"name\":" + "[".repeat(50_000) + "]".repeat(50_000) + "}",
            " ".repeat(Limits.BODY + 1));

    private static final List<String> STRANGE = List.of(
            "x",
            "..",
            "%00",
            "%ff%fe",
            "%",
            "%2F..%2F",
            "'%20or%201=1",
            "%F0%9F%9A%AA",
            "usr_",
            "con_00000000000000000000000000",
            "-1",
            "99999999999999999999",
            "2026-13-45T99:99:99Z",
            "+1000000000-12-31T23:59:59Z",
            "-1000000000-01-01T00:00:00Z",
            "a".repeat(300),
            "e".repeat(5_000));

    private final Document document = new Document();
    private final Bed bed = new Bed(new Steps());
    private final Filled ours = new Filled(bed, "ours");
    private final Filled theirs = new Filled(bed, CANARY);
    private final Map<String, String> roles = new LinkedHashMap<>();
    private final Set<String> secrets = new TreeSet<>();
    private final Set<String> done = new TreeSet<>();
    private final Set<String> found = new TreeSet<>();
    private final AtomicLong numbers = new AtomicLong();
    private final Map<String, String> own;

    private final TestingCa added = new TestingCa();

    /// A session of ours that is over, whose recording may be deleted.
    private final SessionId ended;
    private final Connections.Connection reviewed;
    private Optional<ReviewId> review = Optional.empty();

    DocumentSweepTest() {
        var operator = bed.tenant("operator");
        bed.operatedBy(operator);
        roles.put("admin", ours.admin);
        roles.put("auditor", ours.auditor);
        roles.put("member", ours.alicesKey);
        roles.put("operator", operator.adminKey().secret());
        roles.put("nobody", "");
        own = new HashMap<>(ours.ids());
        own.put("q", "drop");
        own.put(
                "user",
                bed.post(ours.admin, "/v1/users", Filled.user("carol", List.of()))
                        .as(Users.User.class)
                        .id());
        own.put(
                "group",
                bed.post(ours.admin, "/v1/groups", new Groups.NewGroup("nobody"))
                        .as(Groups.Group.class)
                        .id());
        own.put(
                "agent",
                bed.post(ours.admin, "/v1/agents", new Agents.NewAgent("spare", null))
                        .as(Agents.KeyedAgent.class)
                        .agent()
                        .id());
        reviewed = ours.reviewed();
        ended = ours.session(new UserId(ours.alice.id()), ours.alice.email());
        bed.store.sessions().end(Actor.SYSTEM, ours.id(), ended, new Outcome.Exited(0), bed.clock.instant());
        theirs.ids().forEach((name, id) -> {
            if (!id.equals(own.get(name))) {
                secrets.add(id);
            }
        });
        secrets.add(CANARY);
        secrets.add(theirs.bob.id());
        secrets.add(theirs.admin);
        bed.post(theirs.admin, "/v1/groups", new Groups.NewGroup(CANARY));
        bed.post(theirs.admin, "/v1/users", Filled.user(CANARY, List.of(CANARY)));
        bed.post(theirs.admin, "/v1/connections", Filled.bash(CANARY));
    }

    /// Time goes on with each look at it, so that the rates of the API are not reached.
    private static final class Steps extends Clock {

        private static final Instant BEGIN = Instant.parse("2026-11-22T13:00:00Z");

        private final AtomicLong looks = new AtomicLong();

        @Override
        public Instant instant() {
            return BEGIN.plusMillis(20 * looks.incrementAndGet());
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @Test
    void everyAnswerIsWhatTheDocumentSaysAndHoldsNothingOfAnotherTenant() {
        // what deletes comes last
        var operations = document.operations().stream()
                .sorted(Comparator.comparing(operation -> operation.method().equals("DELETE")))
                .toList();
        for (var operation : operations) {
            // first, because what is wrong may use up how often something may be tried
            if (!operation.method().equals("DELETE")) {
                rightOnes(operation);
            }
            paths(operation);
            queries(operation);
            headers(operation);
            bodies(operation);
            if (operation.method().equals("DELETE")) {
                rightOnes(operation);
            }
        }

        assertThat(found).as("%s findings", found.size()).isEmpty();
        assertThat(operations.stream().map(Operation::id).filter(id -> !done.contains(id)))
                .as("never done: give these operations values in own() or body()")
                .isEmpty();
        assertThat(bed.get(theirs.admin, "/v1/connections/" + CANARY).status()).isEqualTo(200);
    }

    @Test
    void aPlantedFaultIsFound() throws IOException, NotSaid {
        var me = document.operations().stream()
                .filter(operation -> operation.id().equals("getMe"))
                .findFirst()
                .orElseThrow();
        var answer = (ObjectNode) Document.json(bed.get(ours.admin, "/v1/me").bytes());
        assertThat(document.faults("Me", answer)).isEmpty();
        assertThat(document.unnamed("Me", answer)).isEmpty();

        assertThat(document.faults("Me", answer.deepCopy().put("role", "root"))).hasSize(1);
        assertThat(document.faults("Me", answer.deepCopy().without("tenant"))).hasSize(1);
        assertThat(document.unnamed("Me", answer.deepCopy().put("secret", "x"))).containsExactly(".secret");
        assertThat(document.answer(me, 200, "application/json")).contains("Me");
        assertThatThrownBy(() -> document.answer(me, 201, "application/json")).isInstanceOf(NotSaid.class);
        assertThatThrownBy(() -> document.answer(me, 400, "application/json")).isInstanceOf(NotSaid.class);
        assertThat(fault(me, "admin", "/v1/me", null, new Reply(500, Map.of(), new byte[0])))
                .isEqualTo("failed");
        assertThat(fault(
                        me,
                        "admin",
                        "/v1/me",
                        null,
                        new Reply(200, Map.of(), theirs.alice.id().getBytes(StandardCharsets.UTF_8))))
                .contains("another tenant");
        assertThat(fault(
                        me,
                        "admin",
                        "/v1/me",
                        null,
                        new Reply(400, Map.of(), "java.lang.X".getBytes(StandardCharsets.UTF_8))))
                .contains("innards");
    }

    private void rightOnes(Operation operation) {
        roles.forEach((role, key) -> {
            int bodies = operation.body().map(name -> body(name).size()).orElse(1);
            for (int i = 0; i < bodies; i++) {
                var body = operation.body().isPresent()
                        ? body(operation.body().get()).get(i).toString()
                        : null;
                send(operation, role, key, path(operation, own), Map.of(), body);
            }
        });
    }

    private void paths(Operation operation) {
        var body =
                operation.body().map(name -> body(name).getFirst().toString()).orElse(null);
        for (var parameter : operation.in("path")) {
            var values = new ArrayList<>(STRANGE);
            values.add(theirs.ids().getOrDefault(parameter.name(), CANARY));
            values.add(CANARY);
            for (var value : values) {
                var ids = new HashMap<>(own);
                ids.put(parameter.name(), value);
                send(operation, "admin", ours.admin, path(operation, ids), Map.of(), body);
                send(operation, "member", ours.alicesKey, path(operation, ids), Map.of(), body);
            }
        }
        roles.forEach((role, key) -> send(operation, role, key, path(operation, theirs.ids()), Map.of(), body));
    }

    private void queries(Operation operation) {
        var body =
                operation.body().map(name -> body(name).getFirst().toString()).orElse(null);
        for (var parameter : operation.in("query")) {
            var values = new ArrayList<>(STRANGE);
            values.addAll(List.of("", "0", "1", "201", theirs.alice.id(), theirs.connection.id(), CANARY));
            values.add(CANARY + "@example.com");
            parameter.schema().path("enum").forEach(value -> values.add(value.asText()));
            for (var value : values) {
                var path = path(operation, own);
                var changed = path.replaceAll("([?&]" + parameter.name() + ")=[^&]*", "$1=" + value);
                var sent = changed.equals(path)
                        ? path + (path.contains("?") ? "&" : "?") + parameter.name() + "=" + value
                        : changed;
                send(
                        operation,
                        "admin",
                        ours.admin,
                        sent.replace("%ff%fe", "%EF%BF%BD").replace("=%&", "="),
                        Map.of(),
                        body);
                if (!List.of("%", "%ff%fe").contains(value)) {
                    send(operation, "member", ours.alicesKey, sent, Map.of(), body);
                }
            }
        }
    }

    private void headers(Operation operation) {
        var body =
                operation.body().map(name -> body(name).getFirst().toString()).orElse(null);
        for (var name : List.of("If-Match", "If-None-Match", "Idempotency-Key", "Authorization", "Content-Type")) {
            for (var value : List.of("*", "\"x\", W/\"y\"", ",,,", "\u00e9", "k".repeat(300), "Bearer " + CANARY)) {
                if (name.equals("If-Match")
                        && value.equals("*")
                        && operation.method().equals("DELETE")) {
                    continue;
                }
                send(operation, "admin", ours.admin, path(operation, own), Map.of(name, value), body);
            }
        }
    }

    private void bodies(Operation operation) {
        if (operation.body().isEmpty()) {
            // a body where there is none to be
            send(operation, "member", ours.alicesKey, path(operation, own), Map.of(), "{\"a\":");
            return;
        }
        var path = path(operation, own);
        var role = operation.template().startsWith("/v1/tenants") ? "operator" : "admin";
        var key = roles.get(role);
        var name = operation.body().get();
        for (var broken : BROKEN) {
            send(operation, role, key, path, Map.of(), broken);
            send(operation, "member", ours.alicesKey, path, Map.of(), broken);
        }
        for (var type : List.of("text/plain", "application/jsonp", "application/x-www-form-urlencoded", "")) {
            send(
                    operation,
                    role,
                    key,
                    path,
                    Map.of("Content-Type", type),
                    body(name).getFirst().toString());
        }
        for (int variant = 0; variant < body(name).size(); variant++) {
            for (var field : fields(name, body(name).get(variant))) {
                for (var wrong : WRONG) {
                    send(operation, role, key, path, Map.of(), with(body(name).get(variant), field, wrong));
                }
                send(operation, role, key, path, Map.of(), without(body(name).get(variant), field));
            }
            for (var field : List.of("agent", "user", "users", "groups")) {
                for (var other : List.of(theirs.agent.agent().id(), theirs.alice.id(), CANARY)) {
                    var text = field.endsWith("s") ? "[\"" + other + "\"]" : "\"" + other + "\"";
                    if (document.schema(name).path("properties").has(field)) {
                        send(
                                operation,
                                role,
                                key,
                                path,
                                Map.of(),
                                with(body(name).get(variant), List.of(field), text));
                    }
                }
            }
            send(operation, role, key, path, Map.of(), with(body(name).get(variant), List.of("canary"), "1"));
        }
        for (int seed = 0; seed < 40; seed++) {
            send(operation, role, key, path, Map.of(), damaged(body(name).getFirst(), new Random(seed)));
        }
    }

    private static byte[] damaged(JsonNode body, Random random) {
        var bytes = body.toString().getBytes(StandardCharsets.UTF_8);
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return bytes;
    }

    /// Paths of the fields of a body, those of its parts that are there included.
    private List<List<String>> fields(String schema, JsonNode body) {
        var fields = new ArrayList<List<String>>();
        document.schema(schema).path("properties").properties().forEach(field -> {
            fields.add(List.of(field.getKey()));
            if (body.has(field.getKey())) {
                document.resolved(field.getValue())
                        .path("properties")
                        .properties()
                        .forEach(part -> fields.add(List.of(field.getKey(), part.getKey())));
            }
        });
        return fields;
    }

    private static String with(ObjectNode body, List<String> field, String json) {
        parent(body, field).put(field.getLast(), "@here@");
        return body.toString().replace(HERE, json);
    }

    private static String without(ObjectNode body, List<String> field) {
        parent(body, field).remove(field.getLast());
        return body.toString();
    }

    private static ObjectNode parent(ObjectNode body, List<String> field) {
        return field.size() == 1 ? body : (ObjectNode) body.get(field.getFirst());
    }

    /// The path with these ids, and what its query needs.
    private String path(Operation operation, Map<String, String> ids) {
        var path = operation.template();
        if (operation.id().equals("getChunk") && ids.equals(own)) {
            var chunks = "/v1/sessions/" + ours.session + "/recording/chunks";
            return bed.get(ours.admin, chunks)
                    .as(Sessions.Chunks.class)
                    .items()
                    .getFirst()
                    .url();
        }
        if (operation.id().equals("deleteRecording") && ids.equals(own)) {
            return "/v1/sessions/" + ended + "/recording?reason=x";
        }
        if (operation.template().contains("{test}") && ids.equals(own)) {
            // a test is there for ten minutes only
            var tests = "/v1/connections/" + ours.connection.id() + "/tests";
            var test = bed.post(ours.admin, tests, "").as(ConnectionTests.ConnectionTest.class);
            return tests + "/" + test.id();
        }
        if (operation.template().contains("{review}") && ids.equals(own)) {
            // one that waits: who decides takes the last
            if (review.isEmpty()
                    || !bed.get(ours.auditor, "/v1/reviews/" + review.get())
                            .as(Reviews.Review.class)
                            .state()
                            .equals("pending")) {
                review = Optional.of(ours.review(
                        reviewed,
                        ours.session(new UserId(ours.bob.id()), ours.bob.email()),
                        EdgeId.next(bed.clock),
                        "drop table t"));
            }
            path = path.replace("{review}", review.get().value());
        }
        if (operation.template().contains("{ca}") && ids.equals(own)) {
            // other operations replace the list
            var _ = bed.post(ours.admin, "/v1/cas", new Cas.NewCa(ours.ca.line()));
        }
        for (var parameter : operation.in("path")) {
            path = path.replace("{" + parameter.name() + "}", ids.getOrDefault(parameter.name(), "x"));
        }
        var query = new StringBuilder();
        for (var parameter : operation.in("query")) {
            if (parameter.required()) {
                query.append(query.isEmpty() ? "?" : "&")
                        .append(parameter.name())
                        .append('=')
                        .append(URLEncoder.encode(own(parameter), StandardCharsets.UTF_8));
            }
        }
        return path + query;
    }

    private String own(Parameter parameter) {
        return own.getOrDefault(parameter.name(), "1");
    }

    /// Bodies that are right, each with names of its own.
    private List<ObjectNode> body(String schema) {
        var body = example(document.schema(schema));
        switch (schema) {
            case "ConnectionWrite" -> {
                var bodies = new ArrayList<ObjectNode>();
                for (var type : TYPES) {
                    var one = example(document.schema(schema));
                    one.put("type", type);
                    one.remove(
                            TYPES.stream().filter(other -> !other.equals(type)).toList());
                    bodies.add(one);
                }
                return bodies;
            }
            // what comes after must find room
            case "QuotasWrite" -> body.fieldNames().forEachRemaining(name -> body.put(name, 10_000));
            case "NewKey" -> {
                body.remove("service_account");
                body.putArray("scopes").add("*:read");
            }
            case "ServiceAccountWrite" -> {
                body.put("name", "robot-" + numbers.incrementAndGet());
                body.put("subject", "robot " + numbers.incrementAndGet());
            }
            case "NewRevocation" -> {
                body.put("kind", "key_id");
                body.remove("ca");
            }
            case "AgentRegistration" -> {
                var id = own.getOrDefault("agent", "");
                bed.store.agents().get(ours.id(), new AgentId(id)).ifPresent(agent -> {
                    var join = JoinToken.issue(ours.id(), agent.id());
                    bed.store
                            .agents()
                            .invite(Actor.SYSTEM, ours.id(), agent.id(), join.hash())
                            .orThrow();
                    body.put("join", join.text());
                });
            }
            case "Approve" -> body.remove("statement_sha256");
            case "NewCa" -> body.put("public_key", added.line());
            case "CaProof" -> {
                // the nonce of now, or of the one that is trusted already: nothing
                var reply = bed.post(ours.admin, "/v1/cas", new Cas.NewCa(ours.ca.line()));
                if (reply.status() == 201) {
                    body.put(
                            "proof",
                            ours.ca.proof(String.valueOf(reply.as(Cas.Ca.class).nonce())));
                }
            }
            case "RuleWrite" -> body.remove("time_windows");
            case "GuardrailWrite" -> {
                body.put("name", "guardrail-" + numbers.incrementAndGet());
                body.put("rules", "rule one\n  block\n  when unlimited");
                body.remove(List.of("groups", "connections", "tags"));
            }
            case "MaskingRuleWrite" -> {
                body.put("name", "masking " + numbers.incrementAndGet());
                body.put("strategy", "hash");
                body.putArray("masks").add("type email");
                body.remove(List.of("groups", "connections", "tags"));
            }
            case "GuardrailsDryRun" -> {
                body.put("rules", "rule one\n  block\n  when unlimited");
                body.put("dialect", "postgres");
                body.remove(List.of("guardrail", "connection", "groups"));
            }
            case "SshServerApply" -> {
                body.remove(List.of("trusted_cas", "proofs", "listen_address", "host_keys"));
            }
            default -> {}
        }
        return List.of(body);
    }

    private ObjectNode example(JsonNode schema) {
        var object = Document.object();
        schema.path("properties")
                .properties()
                .forEach(field ->
                        object.set(field.getKey(), example(field.getKey(), document.resolved(field.getValue()))));
        return object;
    }

    private JsonNode example(String name, JsonNode schema) {
        if (schema.has("enum")) {
            return schema.get("enum").get(0);
        }
        var object = Document.object();
        return switch (schema.path("type").asText()) {
            case "object" -> {
                if (schema.path("additionalProperties").isObject()) {
                    yield object.put("NAME", "text:value");
                }
                yield example(schema);
            }
            case "array" -> object.putArray(name).add(example(name, document.resolved(schema.get("items"))));
            case "integer" -> object.put(name, 22).get(name);
            case "boolean" -> object.put(name, true).get(name);
            default -> object.put(name, text(name, schema)).get(name);
        };
    }

    private String text(String name, JsonNode schema) {
        return switch (name) {
            case "email" -> "user" + numbers.incrementAndGet() + "@example.com";
            case "agent" -> "first";
            case "user", "users" -> ours.alice.id();
            case "groups", "approvers" -> "engineers";
            case "modes" -> "exec";
            case "allowed_networks", "source_networks" -> "192.0.2.0/24";
            case "accept_environment" -> "LANG";
            case "host" -> "db.internal";
            case "password", "private_key" -> "env:SECRET";
            case "forwards" -> "127.0.0.1:5432";
            case "directory", "known_hosts" -> "/tmp/x";
            case "entrypoint" -> "/bin/cat";
            default ->
                schema.path("format").asText().equals("date-time")
                        ? "2099-01-01T00:00:00Z"
                        : "n" + numbers.incrementAndGet();
        };
    }

    private void send(
            Operation operation,
            String role,
            @Nullable String key,
            String path,
            Map<String, String> headers,
            @Nullable Object body) {
        Reply reply;
        try {
            reply = bed.call(operation.method(), path, key == null ? "" : key, body, headers);
        } catch (IllegalArgumentException e) {
            // a query that no server hands on: API Gateway decodes it before us
            return;
        }
        var fault = fault(operation, role, path, body, reply);
        if (!fault.isEmpty()) {
            found.add(operation.id() + " as " + role + ": " + fault + "\n  " + shortened(path) + " " + headers + "\n  "
                    + shortened(
                            body instanceof byte[] raw
                                    ? new String(raw, StandardCharsets.ISO_8859_1)
                                    : String.valueOf(body))
                    + "\n  " + reply.status() + " " + shortened(reply.text()));
        } else if (reply.status() < 300) {
            done.add(operation.id());
        }
    }

    private static String shortened(String text) {
        return text.length() < 400 ? text : text.substring(0, 400) + "…";
    }

    private String fault(Operation operation, String role, String path, @Nullable Object body, Reply reply) {
        if (reply.status() >= 500) {
            return "failed";
        }
        if (INNARDS.matcher(reply.text()).find()) {
            return "shows its innards";
        }
        boolean crossing = role.equals("operator") && path.startsWith("/v1/tenants");
        for (var secret : secrets) {
            if (!crossing && reply.text().contains(secret)) {
                return "tells of another tenant: " + secret;
            }
        }
        try {
            var type = reply.headers().getOrDefault("Content-Type", "");
            var schema = document.answer(operation, reply.status(), type);
            if (schema.isPresent()) {
                var json = Document.json(reply.bytes());
                var faults = document.faults(schema.get(), json);
                faults.addAll(document.unnamed(schema.get(), json));
                if (!faults.isEmpty()) {
                    return "is not a " + schema.get() + ": " + faults;
                }
            }
            if (reply.status() < 300 && operation.body().isPresent() && body != null) {
                var sent = body instanceof byte[] raw ? raw : body.toString().getBytes(StandardCharsets.UTF_8);
                var faults = document.faults(operation.body().get(), withoutNulls(Document.json(sent)));
                if (!faults.isEmpty()) {
                    return "took what is not a " + operation.body().get() + ": " + faults;
                }
            }
            return "";
        } catch (NotSaid e) {
            return String.valueOf(e.getMessage());
        } catch (IOException e) {
            return "took or gave what is not JSON";
        }
    }

    private static JsonNode withoutNulls(JsonNode json) {
        if (json instanceof ObjectNode object) {
            var names = new ArrayList<String>();
            object.properties().forEach(field -> {
                if (field.getValue().isNull()) {
                    names.add(field.getKey());
                }
                withoutNulls(field.getValue());
            });
            object.remove(names);
        }
        if (json instanceof ArrayNode list) {
            list.forEach(DocumentSweepTest::withoutNulls);
        }
        return json;
    }
}
