package dev.sallyport.edge;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// An edge's health and metrics on loopback: `/healthz` answers 200 while an agent is attached, else 503;
/// `/metrics` in Prometheus' text form. Nothing of users, targets or sessions stands there but numbers.
public final class Health implements AutoCloseable {

    private static final int WAITING = 16;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private Health(HttpServer server) {
        this.server = server;
    }

    /// Starts answering for `edge`.
    ///
    /// @param port 0 for a free one
    public static Health start(Edge edge, int port) throws IOException {
        var health =
                new Health(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), WAITING));
        health.server.setExecutor(health.threads);
        health.server.createContext("/healthz", exchange -> {
            boolean attached = edge.attachedAgents() > 0;
            answer(exchange, attached ? 200 : 503, attached ? "open\n" : "no agent is attached\n");
        });
        health.server.createContext("/metrics", exchange -> answer(exchange, 200, metrics(edge)));
        health.server.start();
        return health;
    }

    private static String metrics(Edge edge) {
        return """
                # HELP sallyport_edge_agents Agent instances that are attached.
                # TYPE sallyport_edge_agents gauge
                sallyport_edge_agents %d
                # HELP sallyport_edge_sessions Sessions between admission and outcome.
                # TYPE sallyport_edge_sessions gauge
                sallyport_edge_sessions %d
                # HELP sallyport_edge_carry_calls Carry calls that are open, idle ones too.
                # TYPE sallyport_edge_carry_calls gauge
                sallyport_edge_carry_calls %d
                # HELP sallyport_edge_lent_calls Carry calls of agents here that carry sessions of other edges.
                # TYPE sallyport_edge_lent_calls gauge
                sallyport_edge_lent_calls %d
                # HELP sallyport_edge_unread_bytes Bytes that sessions hold in memory because somebody does not read.
                # TYPE sallyport_edge_unread_bytes gauge
                sallyport_edge_unread_bytes %d
                # HELP sallyport_edge_spool_segments Segments of the spool; one when nothing waits to be stored.
                # TYPE sallyport_edge_spool_segments gauge
                sallyport_edge_spool_segments %d
                # HELP sallyport_edge_spool_bytes Bytes in the spool.
                # TYPE sallyport_edge_spool_bytes gauge
                sallyport_edge_spool_bytes %d
                # HELP sallyport_edge_statements_not_indexed_total Recorded statements that searches do not find.
                # TYPE sallyport_edge_statements_not_indexed_total counter
                sallyport_edge_statements_not_indexed_total %d
                """.formatted(
                        edge.attachedAgents(),
                        edge.liveSessions(),
                        edge.openCalls(),
                        edge.lentCalls(),
                        edge.unreadBytes(),
                        edge.spoolSegments(),
                        edge.spooledBytes(),
                        edge.statementsNotIndexed());
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        try (exchange) {
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
