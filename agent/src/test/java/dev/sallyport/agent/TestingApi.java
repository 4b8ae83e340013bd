package dev.sallyport.agent;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sallyport.agent.session.TestingAgent;
import dev.sallyport.core.agent.AgentKey;
import dev.sallyport.core.agent.AgentToken;
import dev.sallyport.core.agent.JoinLine;
import dev.sallyport.core.agent.JoinToken;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.TenantId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/// An API as far as registration: one line that counts once.
final class TestingApi implements AutoCloseable {

    private final HttpServer server;
    private final TenantId tenant = TenantId.next(Clock.systemUTC());
    private final AgentId agent = AgentId.next(Clock.systemUTC());
    private final JoinToken token = JoinToken.issue(tenant, agent);
    private final AtomicInteger asked = new AtomicInteger();

    /// What is answered instead of the key.
    volatile UnaryOperator<String> answer = UnaryOperator.identity();

    /// What is answered with it.
    volatile int status = 200;

    TestingApi() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        server.createContext("/v1/agents/register", this::register);
        server.start();
    }

    private void register(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            boolean right = exchange.getRequestMethod().equals("POST")
                    && "application/json".equals(exchange.getRequestHeaders().getFirst("Content-Type"))
                    && body.equals("{\"join\":\"" + token.text() + "\"}");
            boolean first = asked.incrementAndGet() == 1;
            var text = answer.apply("{\"key\":\"" + key(agent, new byte[32]).text() + "\"}");
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Location", "/v1/agents/elsewhere");
            exchange.sendResponseHeaders(right && first ? status : 401, bytes.length);
            exchange.getResponseBody().write(right && first ? bytes : new byte[bytes.length]);
        }
    }

    AgentKey key(AgentId of, byte[] pin) {
        return new AgentKey("127.0.0.1", 1, AgentToken.issue(TestingAgent.signer(), tenant, of, "site"), pin);
    }

    AgentId agent() {
        return agent;
    }

    /// How often it was asked.
    int asked() {
        return asked.get();
    }

    JoinLine line() {
        return new JoinLine(URI.create("http://127.0.0.1:" + server.getAddress().getPort()), token, new byte[32]);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
