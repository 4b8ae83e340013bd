package dev.sallyport.standalone.api;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.sallyport.api.ApiJson;
import dev.sallyport.api.Limits;
import dev.sallyport.api.Problem;
import dev.sallyport.control.ControlPlane;
import dev.sallyport.control.http.ApiHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns HTTP requests, plain on loopback or with TLS, into the events that API Gateway gives the Lambda
/// handlers, and their answers back.
///
/// One virtual thread a request. Bounded are the requests at one time, the bodies, the heads, and the time that
/// a client takes to send one. To browsers of other origins it answers nothing, but to those that the operator names.
public final class LocalApiServer implements AutoCloseable {

    /// Most requests that are answered at one time.
    public static final int MOST_REQUESTS = 128;

    private static final Logger LOG = LoggerFactory.getLogger(LocalApiServer.class);

    static {
        // Read once by the JDK's server, when its first instance is made. Seconds, bytes, and counts.
        limit("sun.net.httpserver.maxReqTime", "30");
        limit("sun.net.httpserver.maxRspTime", "120");
        limit("sun.net.httpserver.idleInterval", "60");
        limit("sun.net.httpserver.maxReqHeaders", "64");
        limit("sun.net.httpserver.maxReqHeaderSize", "32768");
        limit("jdk.httpserver.maxConnections", "512");
    }

    private final HttpServer server;
    private final URI uri;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore places = new Semaphore(MOST_REQUESTS);
    private final List<ControlPlane.Function> functions;

    private LocalApiServer(HttpServer server, URI uri, List<ControlPlane.Function> functions) {
        this.server = server;
        this.uri = uri;
        this.functions = functions;
    }

    /// Starts on loopback, without TLS.
    ///
    /// @param port 0 for any that is free
    public static LocalApiServer start(int port, ControlPlane plane) throws IOException {
        var address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
        var server = HttpServer.create(address, MOST_REQUESTS);
        return started(
                server, URI.create("http://127.0.0.1:" + server.getAddress().getPort()), plane);
    }

    /// Starts with TLS 1.3, which is what an address beyond loopback needs.
    ///
    /// @param address port 0 for any that is free
    public static LocalApiServer start(InetSocketAddress address, ApiCertificate certificate, ControlPlane plane)
            throws IOException {
        var server = HttpsServer.create(address, MOST_REQUESTS);
        server.setHttpsConfigurator(new HttpsConfigurator(certificate.context()) {
            @Override
            public void configure(HttpsParameters parameters) {
                var tls = getSSLContext().getDefaultSSLParameters();
                tls.setProtocols(new String[] {"TLSv1.3"});
                parameters.setSSLParameters(tls);
            }
        });
        var uri = URI.create(
                "https://" + certificate.name() + ":" + server.getAddress().getPort());
        return started(server, uri, plane);
    }

    private static LocalApiServer started(HttpServer server, URI uri, ControlPlane plane) {
        var local = new LocalApiServer(server, uri, plane.functions());
        server.createContext("/", local::serve);
        server.setExecutor(local.threads);
        server.start();
        return local;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /// Where clients find it.
    public URI uri() {
        return uri;
    }

    /// Stops taking requests, and waits a moment for those that run.
    @Override
    public void close() {
        server.stop(1);
        threads.close();
    }

    private static void limit(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private void serve(HttpExchange exchange) {
        try (exchange) {
            if (!places.tryAcquire()) {
                send(
                        exchange,
                        Problem.of(Problem.Type.UNAVAILABLE, "Too many requests at one time. Please try again."));
                return;
            }
            try {
                answer(exchange);
            } finally {
                places.release();
            }
        } catch (IOException e) {
            LOG.debug("a client went away", e);
        } catch (RuntimeException e) {
            LOG.error("a request failed", e);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        var body = exchange.getRequestBody().readNBytes(Limits.BODY + 1);
        if (body.length > Limits.BODY) {
            // Sending the answer before all was read would be lost on the client: some more is read, not all.
            exchange.getRequestBody()
                    .skipNBytes(Math.min(exchange.getRequestBody().available(), Limits.BODY));
            send(exchange, Problem.of(Problem.Type.TOO_LARGE, "A request has at most " + Limits.BODY + " bytes."));
            return;
        }
        var path = exchange.getRequestURI().getRawPath();
        var function = functions.stream()
                .filter(one -> one.paths().stream().anyMatch(head -> path.equals(head) || path.startsWith(head + "/")))
                .findFirst();
        // What belongs to no function is answered by any: with 404 to those who have a key.
        ApiHandler handler = function.orElse(functions.getFirst()).handler();
        send(exchange, handler.handleRequest(event(exchange, path, body), new LocalContext()));
    }

    private static APIGatewayV2HTTPEvent event(HttpExchange exchange, String path, byte[] body) {
        var headers = new TreeMap<String, String>();
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, String.join(",", values)));
        var query = Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse("");
        return APIGatewayV2HTTPEvent.builder()
                .withVersion("2.0")
                .withRouteKey("$default")
                .withRawPath(path)
                .withRawQueryString(query)
                .withHeaders(headers)
                .withQueryStringParameters(parameters(query))
                .withBody(Base64.getEncoder().encodeToString(body))
                .withIsBase64Encoded(true)
                .withRequestContext(RequestContext.builder()
                        .withHttp(RequestContext.Http.builder()
                                .withMethod(exchange.getRequestMethod())
                                .withPath(path)
                                .withProtocol(exchange.getProtocol())
                                .withSourceIp(
                                        exchange.getRemoteAddress().getAddress().getHostAddress())
                                .withUserAgent(headers.getOrDefault("User-agent", ""))
                                .build())
                        .build())
                .build();
    }

    private static Map<String, String> parameters(String query) {
        var parameters = new TreeMap<String, String>();
        for (var pair : query.split("&", 64)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                try {
                    parameters.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
                } catch (IllegalArgumentException e) {
                    LOG.debug("a parameter that cannot be decoded", e);
                }
            }
        }
        return parameters;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static void send(HttpExchange exchange, APIGatewayV2HTTPResponse response) throws IOException {
        var text = Optional.ofNullable(response.getBody()).orElse("");
        var body = response.getIsBase64Encoded()
                ? Base64.getDecoder().decode(text)
                : text.getBytes(StandardCharsets.UTF_8);
        response.getHeaders().forEach(exchange.getResponseHeaders()::set);
        send(exchange, response.getStatusCode(), body);
    }

    private static void send(HttpExchange exchange, Problem problem) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", Problem.MEDIA_TYPE);
        exchange.getResponseHeaders().set("Connection", "close");
        send(exchange, problem.status(), ApiJson.write(problem));
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        boolean none = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, none ? -1 : body.length);
        if (!none) {
            exchange.getResponseBody().write(body);
        }
    }
}
