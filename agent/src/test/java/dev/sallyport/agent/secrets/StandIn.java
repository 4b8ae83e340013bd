package dev.sallyport.agent.secrets;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/// A secret store's HTTP side on loopback, which answers what the test has it answer.
final class StandIn implements AutoCloseable {

    /// What was asked.
    record Asked(String method, URI uri, Map<String, String> headers, String body) {}

    /// What is answered.
    record Answer(int status, String body) {}

    private final HttpServer server;
    private final Map<String, Function<Asked, Answer>> answers = new ConcurrentHashMap<>();
    final List<Asked> asked = new CopyOnWriteArrayList<>();

    StandIn() throws IOException {
        server = HttpServer.create(new InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    /// @param what method and path, as `GET /v1/kv/shop`
    StandIn on(String what, Function<Asked, Answer> answer) {
        answers.put(what, answer);
        return this;
    }

    StandIn on(String what, int status, String body) {
        return on(what, one -> new Answer(status, body));
    }

    long count(String what) {
        return asked.stream()
                .filter(one -> (one.method() + " " + one.uri().getPath()).equals(what))
                .count();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var headers = new ConcurrentHashMap<String, String>();
            exchange.getRequestHeaders()
                    .forEach((name, values) -> headers.put(name.toLowerCase(java.util.Locale.ROOT), values.getFirst()));
            var one = new Asked(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI(),
                    headers,
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            asked.add(one);
            var answer = answers.getOrDefault(
                            one.method() + " " + one.uri().getPath(), none -> new Answer(404, "{\"errors\":[]}"))
                    .apply(one);
            var bytes = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
