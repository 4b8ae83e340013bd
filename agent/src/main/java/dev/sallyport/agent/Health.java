package dev.sallyport.agent;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sallyport.agent.link.AgentLink;
import dev.sallyport.agent.session.SessionHost;
import dev.sallyport.agent.tail.Tails;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/// Health and metrics on loopback: `/healthz` answers 200 while the agent is attached, else 503; `/metrics` in
/// Prometheus' text form.
final class Health {

    private static final int WAITING = 16;

    private final HttpServer server;

    private Health(HttpServer server) {
        this.server = server;
    }

    static Health start(int port, AgentLink link, SessionHost sessions, Tails tails) throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), WAITING);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/healthz", exchange -> {
            boolean attached = link.attached();
            answer(exchange, attached ? 200 : 503, attached ? "attached\n" : "not attached\n");
        });
        server.createContext(
                "/metrics",
                exchange -> answer(exchange, 200, """
                        # HELP sallyport_agent_attached Whether the agent is attached to an edge.
                        # TYPE sallyport_agent_attached gauge
                        sallyport_agent_attached %d
                        # HELP sallyport_agent_sessions Sessions that are open.
                        # TYPE sallyport_agent_sessions gauge
                        sallyport_agent_sessions %d
                        # HELP sallyport_agent_sessions_opened_total Sessions that were opened.
                        # TYPE sallyport_agent_sessions_opened_total counter
                        sallyport_agent_sessions_opened_total %d
                        # HELP sallyport_agent_sessions_refused_total Sessions that were not opened.
                        # TYPE sallyport_agent_sessions_refused_total counter
                        sallyport_agent_sessions_refused_total %d
                        # HELP sallyport_agent_carry_calls Carry calls that are open, idle ones too.
                        # TYPE sallyport_agent_carry_calls gauge
                        sallyport_agent_carry_calls %d
                        # HELP sallyport_agent_tails Sessions of which something is kept that is not stored yet.
                        # TYPE sallyport_agent_tails gauge
                        sallyport_agent_tails %d
                        # HELP sallyport_agent_tail_bytes Bytes that are kept of them.
                        # TYPE sallyport_agent_tail_bytes gauge
                        sallyport_agent_tail_bytes %d
                        """.formatted(
                                link.attached() ? 1 : 0,
                                sessions.live(),
                                sessions.opened(),
                                sessions.refused(),
                                link.openCalls(),
                                tails.count(),
                                tails.bytes())));
        server.start();
        return new Health(server);
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        try (exchange) {
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    void close() {
        server.stop(0);
    }
}
