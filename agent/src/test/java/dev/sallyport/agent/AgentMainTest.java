package dev.sallyport.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.agent.session.TestingAgent;
import dev.sallyport.core.agent.AgentKey;
import dev.sallyport.core.agent.AgentToken;
import dev.sallyport.core.agent.BadAgentKey;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.TenantId;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AgentMainTest {

    @TempDir
    Path folder;

    private final AgentKey key = new AgentKey(
            "127.0.0.1",
            1,
            AgentToken.issue(
                    TestingAgent.signer(),
                    TenantId.next(Clock.systemUTC()),
                    AgentId.next(Clock.systemUTC()),
                    "testing"),
            new byte[32]);

    @Test
    void aFileThatCannotBeUsedIsNamedWithWhy() {
        var missing = folder.resolve("none");
        assertThatThrownBy(() -> AgentMain.read(List.of("--key-file", missing.toString()), Map.of()))
                .extracting(e -> AgentMain.said((Exception) e))
                .isEqualTo(missing + ": there is no such file or folder");
    }

    @Test
    void theKeyComesFromTheEnvironmentOrAFile() throws Exception {
        var fromEnvironment = AgentMain.read(List.of(), Map.of("SALLYPORT_KEY", key.text()));
        assertThat(fromEnvironment.settings().key().text()).isEqualTo(key.text());
        assertThat(fromEnvironment.settings().types()).isEqualTo(AgentSettings.ALL_TYPES);
        Files.writeString(folder.resolve("key"), key.text() + "\n");
        var fromFile = AgentMain.read(
                List.of(
                        "--key-file", folder.resolve("key").toString(),
                        "--type", "ssh",
                        "--secrets", "/a",
                        "--secrets", "/b",
                        "--run-as", "app",
                        "--health-port", "0",
                        "--drain", "5",
                        "--edge", "edge-b.example:8010",
                        "--edge", "[2001:db8::7]:8010",
                        "--tails", "16",
                        "--state", folder.toString()),
                Map.of());
        assertThat(fromFile.settings().secretFolders()).containsExactly(Path.of("/a"), Path.of("/b"));
        assertThat(fromFile.settings().types()).containsExactly("ssh");
        assertThat(fromFile.settings().runAs()).containsExactly("app");
        assertThat(fromFile.settings().edges()).hasToString("[edge-b.example:8010, [2001:db8::7]:8010]");
        assertThat(fromFile.settings().tails()).isEqualTo(16 << 20);
        assertThat(fromFile.drain()).hasSeconds(5);
    }

    @Test
    void whatIsWrongIsSaid() {
        assertThatThrownBy(() -> AgentMain.read(List.of(), Map.of())).isInstanceOf(BadAgentKey.class);
        assertThatThrownBy(() -> AgentMain.read(List.of("--insecure", "x"), Map.of()))
                .isInstanceOf(Usage.class);
        for (var wrong : List.of("edge", "edge:0", "edge:70000", "a b:1", ":8010", "http://edge:8010")) {
            assertThatThrownBy(() -> AgentMain.read(List.of("--edge", wrong), Map.of("SALLYPORT_KEY", key.text())))
                    .isInstanceOf(Usage.class);
        }
        assertThatThrownBy(() -> AgentMain.read(List.of("--state"), Map.of())).isInstanceOf(Usage.class);
        assertThatThrownBy(() -> AgentMain.read(List.of("--type", "ftp"), Map.of()))
                .isInstanceOf(Usage.class);
    }

    @Test
    void anAgentSaysWhetherItIsAttachedAndSharesItsFolderWithNone() throws Exception {
        var settings = new AgentSettings(
                key,
                List.of(),
                Optional.empty(),
                folder,
                Map.of(),
                List.of(),
                AgentSettings.ALL_TYPES,
                java.util.Set.of(),
                Optional.of(0),
                1 << 20,
                "test");
        var agent = Agent.start(settings);
        try (var http = HttpClient.newHttpClient()) {
            assertThatThrownBy(() -> Agent.start(settings))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another agent uses the folder");
            var base = "http://127.0.0.1:" + agent.healthPort().orElseThrow();
            var health = http.send(
                    HttpRequest.newBuilder(URI.create(base + "/healthz")).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(health.statusCode()).isEqualTo(503);
            var metrics = http.send(
                    HttpRequest.newBuilder(URI.create(base + "/metrics")).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(metrics.body()).contains("sallyport_agent_sessions 0\n");
        } finally {
            agent.close();
        }
        Agent.start(settings).close();
    }
}
