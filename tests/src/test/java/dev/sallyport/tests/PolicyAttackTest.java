package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Connections.ConnectionWrite;
import dev.sallyport.api.Connections.Database;
import dev.sallyport.api.Guardrails.GuardrailWrite;
import dev.sallyport.tests.bed.AfterEachCase;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.Postgres;
import dev.sallyport.tests.bed.Split;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Attack class 43: an edge that hands the agent another policy than the control plane signed. The edge is an honest
/// one, whose store is made to lie: what it hands on is what a malicious one would.
@Tag("attack")
@ExtendWith(AfterEachCase.class)
class PolicyAttackTest {

    private static final Pattern POLICY = Pattern.compile("(\"policy\":\\{\"B\":\")([^\"]+)");
    private static final String RULES = "rule deletes\n  block\n  when does delete\n  say Nothing is deleted here.\n";

    private final Postgres server = Postgres.shared();

    @Test
    void class43APolicyThatIsLeftOutAgedOrForgedOpensNoSession() throws Exception {
        var setup = new Split.Setup();
        try (var split = setup.start()) {
            var store = URI.create(Files.readString(setup.folder().resolve("store.address")));
            var control = split.control();
            try (var admin = control.admin()) {
                var tenant = admin.me().tenant();
                var key = "{\"pk\": {\"S\": \"TEN#" + tenant + "\"}, \"sk\": {\"S\": \"POLICY\"}}";
                admin.createConnection(new ConnectionWrite(
                        "pg-attacked",
                        "local",
                        "postgres",
                        null,
                        null,
                        null,
                        database(),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null));
                var before = item(store, key);
                admin.createGuardrail(new GuardrailWrite("no-deletes", null, RULES, null, null, null, null, null));
                var now = item(store, key);
                assertThat(told(split.edge(), "delete from nothing;")).contains("Nothing is deleted here.");

                put(store, before);
                change(control, "one");
                assertThat(told(split.edge(), "select 1;"))
                        .contains("the agent refused: it has seen a later version of the tenant's policy");

                put(store, forged(now));
                change(control, "two");
                assertThat(told(split.edge(), "select 1;"))
                        .contains("the agent refused: the policy is not signed by the tenant's key");

                ask(store, "DeleteItem", "{\"TableName\": \"sallyport.config\", \"Key\": " + key + "}");
                change(control, "three");
                assertThat(told(split.edge(), "select 1;"))
                        .contains("the agent refused: the session came without the tenant's policy");

                put(store, now);
                change(control, "four");
                assertThat(told(split.edge(), "delete from nothing;")).contains("Nothing is deleted here.");
            }
        }
    }

    private Database database() {
        return new Database(
                "127.0.0.1",
                server.port(),
                Postgres.USER,
                "seal:" + Postgres.PASSWORD,
                Postgres.DATABASE,
                null,
                "disable",
                null,
                null,
                null,
                "none",
                null,
                List.of(),
                null);
    }

    /// Everything that the user reads.
    private static String told(Instance edge, String sql) throws Exception {
        var ssh = edge.ssh("alice", "pg-attacked", sql).now();
        return ssh.out() + ssh.err();
    }

    /// Some change of the configuration: edges read it anew.
    private static void change(Instance control, String group) throws Exception {
        assertThat(control.sally("admin", "groups", "create", group).now().status())
                .isZero();
    }

    /// The item with a rule in it that blocks nothing any longer.
    private static String forged(String item) {
        var found = POLICY.matcher(item);
        assertThat(found.find()).isTrue();
        var text = new String(Base64.getDecoder().decode(found.group(2)), StandardCharsets.UTF_8);
        var changed = text.replace("block", "allow");
        assertThat(changed).isNotEqualTo(text);
        return item.replace(
                found.group(2), Base64.getEncoder().encodeToString(changed.getBytes(StandardCharsets.UTF_8)));
    }

    private static String item(URI store, String key) throws Exception {
        var answer = ask(
                store,
                "GetItem",
                "{\"TableName\": \"sallyport.config\", \"ConsistentRead\": true, \"Key\": " + key + "}");
        assertThat(answer).startsWith("{\"Item\":");
        return answer.substring("{\"Item\":".length(), answer.length() - 1);
    }

    private static void put(URI store, String item) throws Exception {
        assertThat(ask(store, "PutItem", "{\"TableName\": \"sallyport.config\", \"Item\": " + item + "}"))
                .isEqualTo("{}");
    }

    private static String ask(URI store, String action, String body) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(store)
                                    .header("X-Amz-Target", "DynamoDB_20120810." + action)
                                    .header("Content-Type", "application/x-amz-json-1.0")
                                    .header(
                                            "Authorization",
                                            "AWS4-HMAC-SHA256 Credential=local/20260101/eu-central-1/dynamodb"
                                                    + "/aws4_request, SignedHeaders=host, Signature=0")
                                    .POST(HttpRequest.BodyPublishers.ofString(body))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }
}
