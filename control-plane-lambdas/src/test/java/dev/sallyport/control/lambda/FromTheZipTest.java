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
import dev.sallyport.store.Store;
import dev.sallyport.store.Tables;
import dev.sallyport.store.aws.KmsStandIn;
import dev.sallyport.store.aws.S3StandIn;
import dev.sallyport.store.kms.Kms;
import dev.sallyport.store.kms.KmsDataKeys;
import dev.sallyport.store.kms.KmsTenantSigners;
import dev.sallyport.store.s3.S3ChunkStore;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.dynamodb.services.local.main.ServerRunner;
import software.amazon.dynamodb.services.local.server.DynamoDBProxyServer;

/// Each function as Lambda runs it: from its zip, in a JVM of its own, under AWS's runtime interface client, with an
/// API Gateway's events of payload format 2.0 as text, and DynamoDB, KMS and S3 over HTTP.
final class FromTheZipTest {

    /// The largest zip, unpacked, that Lambda takes, and the largest that we want packed.
    private static final long MOST_UNPACKED = 250L << 20;

    private static final long MOST_PACKED = 24L << 20;

    private static final String PREFIX = "zip.";

    @TempDir
    private static Path task;

    private static DynamoDBProxyServer dynamo;
    private static URI endpoint;
    private static KmsStandIn kms;
    private static S3StandIn s3;
    private static Filled acme;
    private static Bed bed;

    @BeforeAll
    static void start() throws Exception {
        unpack(Path.of(System.getProperty("sallyport.functions")));
        int port;
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        var out = System.out;
        try {
            // it prints how it is set up, in the midst of what we say
            System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
            dynamo = ServerRunner.createServerFromCommandLineArgs(
                    new String[] {"-port", Integer.toString(port), "-inMemory", "-sharedDb", "-disableTelemetry"});
            dynamo.start();
        } finally {
            System.setOut(out);
        }
        endpoint = URI.create("http://127.0.0.1:" + port);
        kms = new KmsStandIn().serving();
        s3 = new S3StandIn().serving();
        var tables = Tables.local(endpoint, PREFIX, Clock.systemUTC());
        tables.prepare();
        var keys = new Kms();
        bed = new Bed(
                Clock.systemUTC(),
                new Store(tables),
                new KmsTenantSigners(keys, "alias/sallyport/tenant/"),
                new S3ChunkStore("recordings"),
                new KmsDataKeys(keys, "alias/data"));
        acme = new Filled(bed, "acme");
    }

    @AfterAll
    static void stop() throws Exception {
        dynamo.stop();
        kms.close();
        s3.close();
    }

    @Test
    void theFunctionIdentityTellsWhoAKeyIsAndNothingToWhoeverHasNone() throws Exception {
        try (var function = new Function("IdentityFunction", Map.of())) {
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
        try (var function = new Function("AccessFunction", Map.of())) {
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
        try (var function = new Function("SessionsFunction", Map.of())) {
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
            try (var another = new Function("SessionsFunction", Map.of())) {
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
    void aFunctionThatIsNotToldItsTablesDoesNotStartAndSaysWhy() throws Exception {
        var without = new HashMap<String, String>();
        without.put("SALLYPORT_BUCKET", "");
        without.put("SALLYPORT_DATA_KEY", "");
        try (var function = new Function("SessionsFunction", without)) {
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

    private static void unpack(Path zip) throws IOException {
        long unpacked = 0;
        try (var file = new ZipFile(zip.toFile())) {
            for (var entry : file.stream().filter(one -> !one.isDirectory()).toList()) {
                var target = task.resolve(entry.getName());
                Files.createDirectories(target.getParent());
                unpacked += Files.copy(file.getInputStream(entry), target);
            }
        }
        System.out.printf("%s: %,d bytes, %,d unpacked%n", zip.getFileName(), Files.size(zip), unpacked);
        assertThat(unpacked).isLessThan(MOST_UNPACKED);
        assertThat(Files.size(zip)).isLessThan(MOST_PACKED);
    }

    private record Reply(int status, Map<String, String> headers, byte[] body) {

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /// A function in a JVM of its own.
    private static final class Function implements AutoCloseable {

        private final RuntimeApi api = new RuntimeApi();
        private final Path log = Files.createTempFile("function", ".log");
        private final Process process;

        Function(String handler, Map<String, String> changed) throws IOException {
            // the runtime's own jars go first, as in Lambda
            var runtime = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                    .filter(jar ->
                            jar.matches(".*/aws-lambda-java-(runtime-interface-client|serialization|core)-[^/]*\\.jar"))
                    .collect(Collectors.joining(File.pathSeparator));
            var command = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    runtime + File.pathSeparator + task + File.pathSeparator + task.resolve("lib") + "/*",
                    "com.amazonaws.services.lambda.runtime.api.client.AWSLambda",
                    "dev.sallyport.control.lambda." + handler);
            var environment = command.environment();
            environment.putAll(EnvironmentTest.WHOLE);
            environment.put("SALLYPORT_TABLES", PREFIX);
            environment.putAll(changed);
            environment.putAll(Map.of(
                    "AWS_LAMBDA_RUNTIME_API", api.address(),
                    "AWS_LAMBDA_FUNCTION_NAME", handler,
                    "AWS_LAMBDA_FUNCTION_VERSION", "$LATEST",
                    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024",
                    "AWS_REGION", "eu-central-1",
                    "AWS_ACCESS_KEY_ID", "local",
                    "AWS_SECRET_ACCESS_KEY", "local"));
            environment.put("AWS_ENDPOINT_URL_DYNAMODB", endpoint.toString());
            environment.put("AWS_ENDPOINT_URL_KMS", kms.uri().toString());
            environment.put("AWS_ENDPOINT_URL_S3", s3.uri().toString());
            process = command.redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        }

        Reply call(String method, String path, String query, String key, @Nullable String body) throws Exception {
            var parameters = query.isEmpty()
                    ? ""
                    : "\"queryStringParameters\":{"
                            + Arrays.stream(query.split("&", -1))
                                    .map(pair -> "\"" + pair.replace("=", "\":\"") + "\"")
                                    .collect(Collectors.joining(","))
                            + "},";
            var event = """
                    {"version":"2.0","routeKey":"$default","rawPath":"%s","rawQueryString":"%s",%s
                     "headers":{"content-type":"application/json","host":"api.example.com"%s},
                     "requestContext":{"accountId":"000000000000","apiId":"api","domainName":"api.example.com",
                       "domainPrefix":"api","http":{"method":"%s","path":"%s","protocol":"HTTP/1.1",
                       "sourceIp":"192.0.2.7","userAgent":"test"},"requestId":"id=","routeKey":"$default",
                       "stage":"$default","time":"23/Nov/2026:05:00:00 +0000","timeEpoch":1795410000000},
                     %s"isBase64Encoded":false}""".formatted(
                            path,
                            query,
                            parameters,
                            key.isEmpty() ? "" : ",\"authorization\":\"Bearer " + key + "\"",
                            method,
                            path,
                            body == null ? "" : "\"body\":\"" + JsonLog.escaped(body) + "\",");
            var said = api.invoke(event);
            assertThat(said.kind()).as(said.body() + "\n" + log()).isEqualTo("response");
            var answer = JsonNode.parser().parse(said.body());
            var text = answer.field("body").map(JsonNode::asString).orElse("");
            var headers = new HashMap<String, String>();
            answer.field("headers")
                    .ifPresent(all -> all.asObject().forEach((name, value) -> headers.put(name, value.asString())));
            return new Reply(
                    Integer.parseInt(answer.field("statusCode").orElseThrow().asNumber()),
                    headers,
                    answer.field("isBase64Encoded").orElseThrow().asBoolean()
                            ? Base64.getDecoder().decode(text)
                            : text.getBytes(StandardCharsets.UTF_8));
        }

        String log() throws IOException {
            return Files.readString(log);
        }

        @Override
        public void close() throws IOException {
            var _ = process.destroyForcibly().onExit().join();
            api.close();
            Files.delete(log);
        }
    }
}
