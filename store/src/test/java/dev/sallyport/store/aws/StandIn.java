package dev.sallyport.store.aws;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A service of AWS on loopback, which remembers the IAM actions that it was asked for.
///
/// It answers signed requests only, and does not check their signatures.
public abstract class StandIn implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<String> actions = new CopyOnWriteArrayList<>();

    StandIn() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", exchange -> {
            try (exchange) {
                var signed = exchange.getRequestHeaders().getFirst("Authorization");
                if (signed == null || !signed.startsWith("AWS4-HMAC-SHA256 ")) {
                    exchange.sendResponseHeaders(403, -1);
                    return;
                }
                serve(exchange);
            } catch (RuntimeException e) {
                e.printStackTrace();
                throw e;
            }
        });
        server.setExecutor(threads);
        server.start();
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /// Such as `kms:Sign`, each as often as it was asked for.
    public List<String> actions() {
        return List.copyOf(actions);
    }

    /// Points the clients that are made in this process here.
    ///
    /// @param service as in the SDK's property `aws.endpointUrl<service>`
    void serveThisProcess(String service) {
        System.setProperty("aws.endpointUrl" + service, uri().toString());
        System.setProperty("aws.region", "eu-central-1");
        System.setProperty("aws.accessKeyId", "local");
        System.setProperty("aws.secretAccessKey", "local");
    }

    void asked(String action) {
        actions.add(action);
    }

    abstract void serve(HttpExchange exchange) throws IOException;

    static void answer(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
