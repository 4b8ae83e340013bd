package dev.sallyport.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sallyport.api.ApiJson;
import dev.sallyport.api.Connections.Connection;
import dev.sallyport.api.Problem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Function;

/// An API that answers what it is told, and remembers what it was asked.
public final class TestingApi implements AutoCloseable {

    /// A request as it came.
    public record Request(
            String method, String path, String query, String body, Optional<String> key, Optional<String> ifMatch) {}

    /// What answers a request: a record of the API, a [Problem], or bytes as they are.
    public interface Answering extends Function<Request, Object> {}

    private final HttpServer server;
    private final Map<String, Answering> answers = new ConcurrentHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    public TestingApi() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    /// A connection as the API shows one, to a program that needs nothing.
    public static Connection connection(String name) {
        return new Connection(
                "con_1",
                name,
                "custom",
                null,
                null,
                null,
                null,
                null,
                null,
                "required",
                null,
                false,
                0,
                60,
                Map.of(),
                List.of(),
                null,
                1,
                null,
                java.util.List.of(),
                600);
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /// @param route such as `GET /v1/me`
    public TestingApi on(String route, Object answer) {
        return on(route, (Answering) request -> answer);
    }

    public TestingApi on(String route, Answering answer) {
        answers.put(route, answer);
        return this;
    }

    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /// The last request of this method.
    public Request last(String method) {
        return requests.stream()
                .filter(request -> request.method().equals(method))
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var uri = exchange.getRequestURI();
            var request = new Request(
                    exchange.getRequestMethod(),
                    uri.getRawPath(),
                    Optional.ofNullable(uri.getQuery()).orElse(""),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
                    Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")),
                    Optional.ofNullable(exchange.getRequestHeaders().getFirst("If-Match")));
            requests.add(request);
            var answering = answers.get(request.method() + " " + request.path());
            Object answer = answering == null
                    ? Problem.of(Problem.Type.NOT_FOUND, "There is no such thing, or it is not yours.")
                    : answering.apply(request);
            boolean refused = answer instanceof Problem;
            var body = answer instanceof byte[] bytes ? bytes : ApiJson.write(answer);
            exchange.getResponseHeaders().set("ETag", "\"" + Arrays.hashCode(body) + "\"");
            exchange.getResponseHeaders().set("Content-Type", refused ? Problem.MEDIA_TYPE : "application/json");
            exchange.sendResponseHeaders(answer instanceof Problem problem ? problem.status() : 200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
