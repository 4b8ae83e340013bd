package dev.sallyport.tests.bed;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Stands between a program and its store as IAM does on AWS: a request may name only items that a statement of
/// the program's role allows, by action, table and leading key (`dynamodb:LeadingKeys`); all others are answered
/// with DynamoDB's `AccessDeniedException`, and listed.
public final class GuardedStore implements AutoCloseable {

    /// A line of a role.
    ///
    /// @param leadingKeys with `*` for the rest
    public record Statement(String table, String leadingKeys, List<String> actions) {

        private static final Pattern LINE =
                Pattern.compile("\\{\"table\": \"(\\w+)\", \"leadingKeys\": \"([^\"]+)\", \"actions\": \\[([^]]+)]}");

        /// The statements of a role as it stands in a resource.
        public static List<Statement> in(String role) {
            return LINE.matcher(role)
                    .results()
                    .map(found -> new Statement(
                            found.group(1),
                            found.group(2),
                            Pattern.compile("\"dynamodb:(\\w+)\"")
                                    .matcher(found.group(3))
                                    .results()
                                    .map(action -> action.group(1))
                                    .toList()))
                    .toList();
        }

        boolean covers(Access access) {
            return table.equals(access.table())
                    && actions.contains(access.action())
                    && (leadingKeys.endsWith("*")
                            ? access.leadingKey().startsWith(leadingKeys.substring(0, leadingKeys.length() - 1))
                            : access.leadingKey().equals(leadingKeys));
        }
    }

    /// An item that a request named.
    public record Access(String action, String table, String leadingKey) {}

    private static final int AWAY = 502;
    private static final int DENIED = 400;

    private final URI store;
    private final List<Statement> role;
    private final HttpServer server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Queue<Access> denied = new ConcurrentLinkedQueue<>();
    private final Set<Statement> used = ConcurrentHashMap.newKeySet();
    private final Set<Access> seen = ConcurrentHashMap.newKeySet();

    public GuardedStore(URI store, List<Statement> role) throws IOException {
        this.store = store;
        this.role = List.copyOf(role);
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 500);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    public URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /// What was asked for and is not allowed, in order.
    public List<Access> denied() {
        return List.copyOf(denied);
    }

    /// Statements that let something through.
    public Set<Statement> used() {
        return Set.copyOf(used);
    }

    /// Every item that was asked for, whether it was allowed or not.
    public Set<Access> seen() {
        return Set.copyOf(seen);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = exchange.getRequestBody().readAllBytes();
            var target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
            var action = target.substring(target.indexOf('.') + 1);
            if (!allows(accesses(
                    action,
                    object(Jsonb.instance().type(Object.class).fromJson(new String(body, StandardCharsets.UTF_8)))))) {
                reply(
                        exchange,
                        DENIED,
                        "{\"__type\":\"com.amazon.coral.service#AccessDeniedException\",\"Message\":\"not allowed\"}"
                                .getBytes(StandardCharsets.UTF_8));
                return;
            }
            var request = HttpRequest.newBuilder(store).POST(HttpRequest.BodyPublishers.ofByteArray(body));
            for (var header : List.of("X-Amz-Target", "Content-Type", "Authorization", "X-Amz-Date")) {
                var value = exchange.getRequestHeaders().getFirst(header);
                if (value != null) {
                    request.header(header, value);
                }
            }
            var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            answer.headers()
                    .firstValue("x-amz-crc32")
                    .ifPresent(sum -> exchange.getResponseHeaders().set("x-amz-crc32", sum));
            reply(exchange, answer.statusCode(), answer.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException away) {
            reply(exchange, AWAY, new byte[0]);
        }
    }

    private static void reply(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    private boolean allows(List<Access> accesses) {
        boolean all = !accesses.isEmpty();
        for (var access : accesses) {
            seen.add(access);
            var allowing =
                    role.stream().filter(statement -> statement.covers(access)).toList();
            used.addAll(allowing);
            if (allowing.isEmpty()) {
                denied.add(access);
                all = false;
            }
        }
        return all;
    }

    private static List<Access> accesses(String action, Map<?, ?> request) {
        var all = new ArrayList<Access>();
        switch (action) {
            case "GetItem", "UpdateItem", "DeleteItem" -> all.add(access(action, request, "Key"));
            case "PutItem" -> all.add(access(action, request, "Item"));
            case "Query" ->
                all.add(new Access(
                        action, table(request), text(object(request.get("ExpressionAttributeValues")), ":pk")));
            case "BatchGetItem" ->
                object(request.get("RequestItems"))
                        .forEach((table, keys) -> list(object(keys).get("Keys"))
                                .forEach(key -> all.add(new Access(action, table(table), text(object(key), "pk")))));
            case "BatchWriteItem" ->
                object(request.get("RequestItems"))
                        .forEach((table, writes) -> list(writes)
                                .forEach(write -> object(write)
                                        .forEach((kind, what) -> all.add(new Access(
                                                action,
                                                table(table),
                                                text(
                                                        object(object(what)
                                                                .get(kind.equals("PutRequest") ? "Item" : "Key")),
                                                        "pk"))))));
            case "TransactWriteItems" ->
                list(request.get("TransactItems"))
                        .forEach(item -> object(item)
                                .forEach((kind, write) -> all.add(
                                        switch ((String) kind) {
                                            case "Put" -> access("PutItem", object(write), "Item");
                                            case "Update" -> access("UpdateItem", object(write), "Key");
                                            case "Delete" -> access("DeleteItem", object(write), "Key");
                                            default -> access("ConditionCheckItem", object(write), "Key");
                                        })));
            default -> all.add(new Access(action, "?", "?"));
        }
        return all;
    }

    private static Access access(String action, Map<?, ?> write, String item) {
        return new Access(action, table(write), text(object(write.get(item)), "pk"));
    }

    private static String table(Map<?, ?> request) {
        return table(Objects.requireNonNull(request.get("TableName")));
    }

    private static String table(Object name) {
        return name.toString().substring(name.toString().lastIndexOf('.') + 1);
    }

    private static String text(Map<?, ?> values, String name) {
        return Objects.requireNonNull(object(values.get(name)).get("S")).toString();
    }

    private static Map<?, ?> object(@Nullable Object value) {
        return (Map<?, ?>) Objects.requireNonNull(value);
    }

    private static List<?> list(@Nullable Object value) {
        return (List<?>) Objects.requireNonNull(value);
    }

    @Override
    public void close() {
        server.stop(0);
        client.close();
    }
}
