package dev.sallyport.control.lambda;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Lambda's Runtime API (2018-06-01), as the service offers it to one runtime: the next invocation, its response or
/// error, and the error of a start.
final class RuntimeApi implements AutoCloseable {

    private static final String HEAD = "/2018-06-01/runtime/";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /// What the runtime said of an invocation, or of its start.
    record Said(String kind, String body) {}

    private record Invocation(String id, String event) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final SynchronousQueue<Invocation> invocations = new SynchronousQueue<>();
    private final Map<String, BlockingQueue<Said>> answers = new ConcurrentHashMap<>();
    private final BlockingQueue<Said> starts = new ArrayBlockingQueue<>(8);

    private final CompletableFuture<Long> asked = new CompletableFuture<>();

    RuntimeApi() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
        server.createContext(HEAD, this::serve);
        server.setExecutor(threads);
        server.start();
    }

    String address() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /// When it asked for work first, by [System#nanoTime].
    long awaitAsked() throws InterruptedException {
        try {
            return asked.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("the function asks for no work: " + starts, e);
        }
    }

    /// Invokes the function, once it asks for work.
    Said invoke(String event) throws InterruptedException {
        var invocation = new Invocation(UUID.randomUUID().toString(), event);
        var answer = new ArrayBlockingQueue<Said>(1);
        answers.put(invocation.id(), answer);
        if (!invocations.offer(invocation, PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the function asks for no work: " + starts);
        }
        return awaited(answer);
    }

    /// What the runtime says of its start, when that fails.
    Said failedStart() throws InterruptedException {
        return awaited(starts);
    }

    private static Said awaited(BlockingQueue<Said> answer) throws InterruptedException {
        var said = answer.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (said == null) {
            throw new AssertionError("the runtime said nothing for " + PATIENCE);
        }
        return said;
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            var what = exchange.getRequestURI().getPath().substring(HEAD.length());
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            if (what.equals("invocation/next")) {
                next(exchange);
                return;
            }
            if (what.equals("init/error")) {
                starts.add(new Said("error", body));
            } else {
                var parts = what.split("/", -1);
                Objects.requireNonNull(answers.get(parts[1])).add(new Said(parts[2], body));
            }
            exchange.sendResponseHeaders(202, -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void next(HttpExchange exchange) throws IOException, InterruptedException {
        asked.complete(System.nanoTime());
        var invocation = invocations.take();
        var headers = exchange.getResponseHeaders();
        headers.set("Lambda-Runtime-Aws-Request-Id", invocation.id());
        headers.set(
                "Lambda-Runtime-Deadline-Ms",
                Long.toString(Instant.now().plusSeconds(30).toEpochMilli()));
        headers.set(
                "Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-central-1:000000000000:function:sallyport");
        headers.set("Lambda-Runtime-Trace-Id", "Root=1-00000000-000000000000000000000000;Sampled=0");
        headers.set("Content-Type", "application/json");
        var event = invocation.event().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, event.length);
        exchange.getResponseBody().write(event);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
