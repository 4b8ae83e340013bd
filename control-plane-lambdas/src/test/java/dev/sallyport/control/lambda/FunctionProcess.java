package dev.sallyport.control.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;

/// A function in a JVM of its own, under AWS's runtime interface client.
final class FunctionProcess implements AutoCloseable {

    /// The runtime's own jars, which go first, as in Lambda.
    private static final String RUNTIME =
            ".*/aws-lambda-java-(runtime-interface-client|serialization|core)-[^/]*\\.jar";

    final RuntimeApi api = new RuntimeApi();
    private final Path log = Files.createTempFile("function", ".log");
    private final Process process;
    private final long started = System.nanoTime();

    /// @param jars the function's own
    FunctionProcess(String handler, List<Path> jars, List<String> options, Map<String, String> variables)
            throws IOException {
        var classpath = new ArrayList<>(runtime());
        jars.forEach(jar -> classpath.add(jar.toString()));
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED"));
        command.addAll(options);
        command.addAll(List.of(
                "-cp",
                String.join(File.pathSeparator, classpath),
                "com.amazonaws.services.lambda.runtime.api.client.AWSLambda",
                handler));
        var builder = new ProcessBuilder(command);
        var environment = builder.environment();
        environment.putAll(variables);
        environment.putAll(Map.of(
                "AWS_LAMBDA_RUNTIME_API", api.address(),
                "AWS_LAMBDA_FUNCTION_NAME", handler.substring(handler.lastIndexOf('.') + 1),
                "AWS_LAMBDA_FUNCTION_VERSION", "$LATEST",
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024",
                "AWS_REGION", "eu-central-1",
                "AWS_ACCESS_KEY_ID", "local",
                "AWS_SECRET_ACCESS_KEY", "local"));
        process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    }

    /// Of this program's class path.
    static List<String> runtime() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(jar -> jar.matches(RUNTIME))
                .toList();
    }

    /// Time from its start to its first question for work.
    long nanosToReady() throws InterruptedException {
        return api.awaitAsked() - started;
    }

    record Reply(int status, Map<String, String> headers, byte[] body) {

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
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

    /// Ends as Lambda ends it, and waits for that.
    void end() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("the function does not end");
        }
    }

    @Override
    public void close() throws IOException {
        var _ = process.destroyForcibly().onExit().join();
        api.close();
        Files.delete(log);
    }
}
