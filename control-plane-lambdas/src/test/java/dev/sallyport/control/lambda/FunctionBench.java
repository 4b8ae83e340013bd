package dev.sallyport.control.lambda;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/// Measures how soon a function asks for work, and how long a warm one takes, against a function that does nothing, run
/// in
/// turns: both from jars, under AWS's runtime interface client, each with and without an AOT cache of its own.
///
/// The time of the store is what passes between a request's arrival at a relay before it and the answer's departure.
final class FunctionBench {

    private static final int STARTS = 11;
    private static final int WARM_UP = 500;
    private static final int REQUESTS = 1_000;
    private static final String US = "dev.sallyport.control.lambda.IdentityFunction";
    private static final String NOTHING = "dev.sallyport.control.lambda.EmptyFunction";

    private final FunctionSurroundings surroundings;
    private final Path folder;
    private final Map<String, String> variables;

    private FunctionBench(FunctionSurroundings surroundings, Path folder, URI store) {
        this.surroundings = surroundings;
        this.folder = folder;
        this.variables = surroundings.variables(store);
    }

    public static void main(String[] arguments) throws Exception {
        var folder = Files.createTempDirectory("function-bench");
        try (var surroundings =
                        new FunctionSurroundings(Path.of(arguments[0]), Files.createDirectory(folder.resolve("task")));
                var store = new TimedStore(surroundings.store())) {
            var bench = new FunctionBench(surroundings, folder, store.address());
            bench.starts();
            bench.warm(store);
        }
        System.exit(0);
    }

    private record Arm(String handler, List<Path> jars, List<String> options) {}

    private FunctionProcess start(Arm arm) throws IOException {
        return new FunctionProcess(arm.handler(), arm.jars(), arm.options(), variables);
    }

    private void starts() throws Exception {
        var empty = empty();
        var plain = List.of(new Arm(US, surroundings.jars(), List.of()), new Arm(NOTHING, empty, List.of()));
        var cached = new ArrayList<Arm>();
        for (var arm : plain) {
            cached.add(new Arm(arm.handler(), arm.jars(), List.of("-XX:AOTCache=" + trained(arm), "-Xlog:disable")));
        }
        row("plain", plain);
        row("AOT cache", cached);
    }

    /// A run that does what the first requests do, and leaves its cache.
    private Path trained(Arm arm) throws Exception {
        var cache = folder.resolve(arm.handler() + ".aot");
        try (var function =
                start(new Arm(arm.handler(), arm.jars(), List.of("-XX:AOTCacheOutput=" + cache, "-Xlog:disable")))) {
            for (int i = 0; i < 3; i++) {
                var _ = me(function);
            }
            function.end();
        }
        if (!Files.exists(cache)) {
            throw new IOException("no AOT cache was written");
        }
        return cache;
    }

    private void row(String name, List<Arm> arms) throws Exception {
        var times = List.of(new long[STARTS], new long[STARTS]);
        var first = List.of(new long[STARTS], new long[STARTS]);
        for (int turn = -1; turn < STARTS; turn++) {
            for (int arm = 0; arm < 2; arm++) {
                try (var function = start(arms.get(arm))) {
                    long ready = function.nanosToReady();
                    long began = System.nanoTime();
                    var _ = me(function);
                    if (turn >= 0) {
                        times.get(arm)[turn] = ready;
                        first.get(arm)[turn] = System.nanoTime() - began;
                    }
                }
            }
        }
        System.out.printf(
                "start, %s: identity %s, an empty function %s: %.2f; first request %s, %s%n",
                name,
                text(times.get(0)),
                text(times.get(1)),
                (double) median(times.get(0)) / median(times.get(1)),
                text(first.get(0)),
                text(first.get(1)));
    }

    private void warm(TimedStore store) throws Exception {
        try (var us = start(new Arm(US, surroundings.jars(), List.of()));
                var nothing = start(new Arm(NOTHING, empty(), List.of()))) {
            for (int i = 0; i < WARM_UP; i++) {
                var _ = me(us);
                var _ = me(nothing);
            }
            var whole = new long[REQUESTS];
            var without = new long[REQUESTS];
            var control = new long[REQUESTS];
            for (int i = 0; i < REQUESTS; i++) {
                long spent = store.nanos();
                whole[i] = me(us);
                without[i] = whole[i] - (store.nanos() - spent);
                control[i] = me(nothing);
            }
            System.out.printf(
                    "warm GET /v1/me: %s, without the store's time %s; an empty function %s%n",
                    text(whole), text(without), text(control));
        }
    }

    private long me(FunctionProcess function) throws Exception {
        long began = System.nanoTime();
        int status = function.call("GET", "/v1/me", "", surroundings.acme.admin, null)
                .status();
        if (status != 200) {
            throw new IOException("status " + status + ": " + function.log());
        }
        return System.nanoTime() - began;
    }

    private static long median(long[] values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /// Median, and the quartiles.
    private static String text(long[] values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        return "%.1f ms (%.1f to %.1f)"
                .formatted(median(values) / 1e6, sorted[sorted.length / 4] / 1e6, sorted[sorted.length * 3 / 4] / 1e6);
    }

    /// The empty function, with the events that it takes, and what the runtime itself needs of the SDK.
    private List<Path> empty() throws IOException {
        var jars = new ArrayList<>(List.of(emptyJar()));
        surroundings.jars().stream()
                .filter(jar -> jar.getFileName().toString().matches("(aws-lambda-java-events|utils-lite)-.*"))
                .forEach(jars::add);
        return jars;
    }

    private Path emptyJar() throws IOException {
        var jar = folder.resolve("empty.jar");
        if (!Files.exists(jar)) {
            var name = NOTHING.replace('.', '/') + ".class";
            try (var out = new JarOutputStream(Files.newOutputStream(jar));
                    var in = FunctionBench.class.getClassLoader().getResourceAsStream(name)) {
                out.putNextEntry(new JarEntry(name));
                in.transferTo(out);
            }
        }
        return jar;
    }

    /// A relay before the store that knows how long it takes.
    private static final class TimedStore implements AutoCloseable {

        private final HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        private final HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        private final AtomicLong nanos = new AtomicLong();

        TimedStore(URI store) throws IOException {
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/", exchange -> {
                long began = System.nanoTime();
                try (exchange) {
                    var request = HttpRequest.newBuilder(store)
                            .POST(HttpRequest.BodyPublishers.ofByteArray(
                                    exchange.getRequestBody().readAllBytes()));
                    for (var header : List.of("X-Amz-Target", "Content-Type", "Authorization", "X-Amz-Date")) {
                        request.header(header, exchange.getRequestHeaders().getFirst(header));
                    }
                    var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
                    exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
                    exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
                    nanos.addAndGet(System.nanoTime() - began);
                    exchange.getResponseBody().write(answer.body());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            server.start();
        }

        URI address() {
            return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        }

        long nanos() {
            return nanos.get();
        }

        @Override
        public void close() {
            server.stop(0);
            client.close();
        }
    }
}
