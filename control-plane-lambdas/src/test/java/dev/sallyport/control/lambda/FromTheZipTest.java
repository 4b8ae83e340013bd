package dev.sallyport.control.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.ApiJson;
import dev.sallyport.api.Connections;
import dev.sallyport.api.Me;
import dev.sallyport.api.Problem;
import dev.sallyport.api.Sessions;
import dev.sallyport.control.Bed;
import dev.sallyport.control.Filled;
import dev.sallyport.core.connection.ConnectionName;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;

/// Each function as Lambda runs it: from its zip, in a JVM of its own, under AWS's runtime interface client, with an
/// API Gateway's events of payload format 2.0 as text, and DynamoDB, KMS and S3 over HTTP.
final class FromTheZipTest {

    /// The largest zip, unpacked, that Lambda takes, and the largest that we want packed.
    private static final long MOST_UNPACKED = 250L << 20;

    private static final long MOST_PACKED = 24L << 20;

    @TempDir
    private static Path task;

    private static FunctionSurroundings surroundings;
    private static Filled acme;
    private static Bed bed;

    @BeforeAll
    static void start() throws Exception {
        var zip = Path.of(System.getProperty("sallyport.functions"));
        surroundings = new FunctionSurroundings(zip, task);
        bed = surroundings.bed;
        acme = surroundings.acme;
        System.out.printf("%s: %,d bytes, %,d unpacked%n", zip.getFileName(), Files.size(zip), surroundings.unpacked());
        assertThat(surroundings.unpacked()).isLessThan(MOST_UNPACKED);
        assertThat(Files.size(zip)).isLessThan(MOST_PACKED);
    }

    @AfterAll
    static void stop() throws Exception {
        surroundings.close();
    }

    private static FunctionProcess started(String handler, Map<String, String> changed) throws IOException {
        var variables = new HashMap<>(surroundings.variables(surroundings.store()));
        variables.putAll(changed);
        return new FunctionProcess(
                "dev.sallyport.control.lambda." + handler, surroundings.jars(), List.of(), variables);
    }

    @Test
    void theFunctionIdentityTellsWhoAKeyIsAndNothingToWhoeverHasNone() throws Exception {
        try (var function = started("IdentityFunction", Map.of())) {
            var nobody = function.call("GET", "/v1/me", "", "", null);
            assertThat(nobody.status()).isEqualTo(401);
            assertThat(nobody.headers())
                    .containsEntry("Content-Type", Problem.MEDIA_TYPE)
                    .containsEntry("WWW-Authenticate", "Bearer realm=\"sallyport\"")
                    .containsEntry("Cache-Control", "no-store");

            var me = function.call("GET", "/v1/me", "", acme.admin, null);
            assertThat(me.status()).as(me.text()).isEqualTo(200);
            var read = ApiJson.readLeniently(Me.class, me.body());
            assertThat(read.tenant()).isEqualTo(acme.id().value());
            assertThat(read.tenantSlug()).isEqualTo("acme");

            var bad = function.call("POST", "/v1/users", "", acme.admin, "{\"emial\":\"x\"}");
            assertThat(bad.status()).isEqualTo(400);
            assertThat(bad.headers()).containsEntry("Content-Type", Problem.MEDIA_TYPE);
            assertThat(ApiJson.readLeniently(Problem.class, bad.body()).errors())
                    .extracting(Problem.FieldError::field)
                    .containsExactly("emial");

            var lines =
                    function.log().lines().filter(line -> line.startsWith("{")).toList();
            assertThat(lines)
                    .hasSize(3)
                    .allSatisfy(line -> assertThat(JsonNode.parser().parse(line).field("Requests"))
                            .isPresent());
        }
    }

    @Test
    void theFunctionAccessWritesAConnectionThatKmsSigned() throws Exception {
        try (var function = started("AccessFunction", Map.of())) {
            var body = new String(ApiJson.write(connection()), StandardCharsets.UTF_8);
            var made = function.call("POST", "/v1/connections", "", acme.admin, body);
            assertThat(made.status()).as(made.text()).isEqualTo(201);

            var stored = bed.store
                    .connections()
                    .byName(acme.id(), new ConnectionName("from-the-zip"))
                    .orElseThrow();
            var tenant = bed.store.tenants().get(acme.id()).orElseThrow();
            assertThat(stored.signed().verify(tenant.key()).name().value()).isEqualTo("from-the-zip");

            var listed = function.call("GET", "/v1/connections", "limit=1", acme.admin, null);
            assertThat(ApiJson.readLeniently(Connections.Page.class, listed.body())
                            .items())
                    .hasSize(1);
        }
    }

    @Test
    void theFunctionSessionsGivesARecordingsKeyAndItsChunks() throws Exception {
        try (var function = started("SessionsFunction", Map.of())) {
            var address = "/v1/sessions/" + acme.session + "/recording";
            var recording = function.call("GET", address, "", acme.admin, null);
            assertThat(recording.status()).as(recording.text()).isEqualTo(200);
            var row = bed.store.recordings().get(acme.id(), acme.session).orElseThrow();
            byte[] key = bed.dataKeys.unwrap(acme.id(), row.wrappedDataKey()).reveal(bytes -> bytes.clone());
            assertThat(Base64.getUrlDecoder()
                            .decode(ApiJson.readLeniently(Sessions.Recording.class, recording.body())
                                    .dataKey()))
                    .isEqualTo(key);

            var chunks = function.call("GET", address + "/chunks", "", acme.admin, null);
            var url = URI.create(ApiJson.readLeniently(Sessions.Chunks.class, chunks.body())
                    .items()
                    .getFirst()
                    .url());
            // another instance of the function signs with the same key, and answers in base64
            try (var another = started("SessionsFunction", Map.of())) {
                var chunk = another.call("GET", url.getPath(), url.getRawQuery(), "", null);
                assertThat(chunk.status()).as(chunk.text()).isEqualTo(200);
                assertThat(chunk.text()).isEqualTo("chunk zero");
                var forged = url.getRawQuery().replace("signature=", "signature=A");
                assertThat(another.call("GET", url.getPath(), forged, "", null).status())
                        .isEqualTo(404);
            }
        }
    }

    @Test
    void theFunctionRetentionRunsByAScheduleAndLeavesWhatIsNotDue() throws Exception {
        try (var function = started("RetentionFunction", Map.of())) {
            var said = function.api.invoke("{\"source\":\"aws.events\",\"detail-type\":\"Scheduled Event\"}");

            assertThat(said.kind()).as(said.body() + "\n" + function.log()).isEqualTo("response");
            assertThat(bed.store
                            .recordings()
                            .get(acme.id(), acme.session)
                            .orElseThrow()
                            .deletion())
                    .isEmpty();
        }
    }

    @Test
    void aFunctionThatIsNotToldItsTablesDoesNotStartAndSaysWhy() throws Exception {
        var without = new HashMap<String, String>();
        without.put("SALLYPORT_BUCKET", "");
        without.put("SALLYPORT_DATA_KEY", "");
        try (var function = started("SessionsFunction", without)) {
            var said = function.api.failedStart();

            assertThat(said.body())
                    .contains("this function cannot start: ")
                    .contains("SALLYPORT_BUCKET", "SALLYPORT_DATA_KEY");
        }
    }

    private static Connections.ConnectionWrite connection() {
        return new Connections.ConnectionWrite(
                "from-the-zip",
                "first",
                "tcp",
                null,
                null,
                new Connections.Tcp("127.0.0.1", 5432),
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }
}
