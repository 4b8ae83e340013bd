package dev.sallyport.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.agent.AgentKey;
import dev.sallyport.core.agent.JoinLine;
import dev.sallyport.core.id.AgentId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RegistrationTest {

    @TempDir
    Path folder;

    private final TestingApi api = new TestingApi();
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    RegistrationTest() throws IOException {}

    @AfterEach
    void close() {
        api.close();
    }

    private int does(Map<String, String> environment, String... words) {
        var out = new PrintStream(said, true, StandardCharsets.UTF_8);
        return AgentMain.run(List.of(words), environment, out, out);
    }

    private Registration registration() throws Exception {
        return Registration.of(api.line(), Optional.empty());
    }

    @Test
    void theKeyIsFetchedOnceAndKeptForThisAccountOnly() throws Exception {
        var state = folder.resolve("state").toString();
        assertThat(does(
                        Map.of(),
                        "register",
                        "--state",
                        state,
                        "--join",
                        api.line().text()))
                .as(said.toString(StandardCharsets.UTF_8))
                .isZero();
        var file = folder.resolve("state/key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("state"))))
                .isEqualTo("rwx------");
        var kept =
                AgentMain.read(List.of("--state", state), Map.of()).settings().key();
        assertThat(kept.token().agent()).isEqualTo(api.agent());
        assertThat(said.toString(StandardCharsets.UTF_8))
                .isEqualTo("registered site: its key is in " + file + "\n")
                .doesNotContain(kept.token().text());

        said.reset();
        assertThat(does(Map.of("SALLYPORT_JOIN", api.line().text()), "register", "--state", state))
                .isEqualTo(2);
        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("does not take this join line", "have the agent's keys revoked")
                .doesNotContain(api.line().token().secret());
        assertThat(file).hasContent(kept.text());
        assertThat(folder.resolve("state")).isDirectoryNotContaining(path -> path.endsWith("key.new"));
    }

    @Test
    void aKeyThatTheLineDidNotPromiseIsNotUsed() throws Exception {
        var other = api.key(AgentId.next(Clock.systemUTC()), new byte[32]);
        var elsewhere = new byte[32];
        elsewhere[0] = 1;
        for (var wrong : List.of(other, api.key(api.agent(), elsewhere))) {
            try (var lying = new TestingApi()) {
                lying.answer = right -> "{\"key\":\"" + wrong.text() + "\"}";
                var fetching = Registration.of(
                        new JoinLine(lying.line().api(), lying.line().token(), new byte[32]), Optional.empty());
                assertThatThrownBy(fetching::fetch)
                        .isInstanceOf(Usage.class)
                        .hasMessageContaining("than the join line promised");
            }
        }
    }

    @Test
    void whatIsNoKeyIsSaidAndNothingOfTheLine() throws Exception {
        for (var answer : List.of("", "{}", "{\"key\":\"x\"}", "{\"key\":\"sallyport://x\"}", "y".repeat(100_000))) {
            try (var odd = new TestingApi()) {
                odd.answer = right -> answer;
                assertThatThrownBy(() ->
                                Registration.of(odd.line(), Optional.empty()).fetch())
                        .as(answer.length() > 100 ? "long" : answer)
                        .isInstanceOf(Usage.class)
                        .hasMessageNotContaining(odd.line().token().secret());
            }
        }
        for (int status : List.of(302, 307, 404, 429, 500, 503)) {
            try (var odd = new TestingApi()) {
                odd.status = status;
                assertThatThrownBy(() ->
                                Registration.of(odd.line(), Optional.empty()).fetch())
                        .isInstanceOf(Usage.class);
                assertThat(odd.asked()).as("no redirect is followed").isEqualTo(1);
            }
        }
        var nobody = new JoinLine(URI.create("http://127.0.0.1:1"), api.line().token(), new byte[32]);
        assertThatThrownBy(() -> Registration.of(nobody, Optional.empty()).fetch())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot be asked");
    }

    @Test
    void theApiIsBelievedByItsCertificateOnly() throws Exception {
        try (var unknown = TestingEdge.start(folder, "ip:127.0.0.1")) {
            var line = new JoinLine(
                    URI.create("https://127.0.0.1:" + unknown.port()),
                    api.line().token(),
                    new byte[32]);
            assertThatThrownBy(() -> Registration.of(line, Optional.empty()).fetch())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("--api-ca");
        }
        var none = Files.writeString(folder.resolve("none.pem"), "no certificate");
        assertThatThrownBy(() -> Registration.of(api.line(), Optional.of(none))).isInstanceOf(Usage.class);
    }

    @Test
    void theKeyOfAnotherAgentIsNotTakenAwayAndTheLineNotUsed() throws Exception {
        var file = Files.writeString(
                folder.resolve("key"),
                api.key(AgentId.next(Clock.systemUTC()), new byte[32]).text());
        assertThatThrownBy(() -> registration().fetchInto(file)).isInstanceOf(Usage.class);
        Files.writeString(file, "something else");
        assertThatThrownBy(() -> registration().fetchInto(file)).isInstanceOf(Usage.class);
        assertThatThrownBy(() -> registration().fetchInto(folder.resolve("nowhere/key")))
                .isInstanceOf(IOException.class);
        assertThat(api.asked()).isZero();

        Files.writeString(file, api.key(api.agent(), new byte[32]).text());
        assertThat(registration().fetchInto(file).token().agent()).isEqualTo(api.agent());
    }

    private void joins() throws Exception {
        var agent = RunningAgent.joining(folder, api.line());
        agent.awaitSaid("agent site opens");
        agent.stop();
    }

    @Test
    void anAgentThatHasItsKeyDoesNotAskAgain() throws Exception {
        var state = folder.resolve("state");
        joins();
        var key = Files.readString(state.resolve("key"));
        assertThat(AgentKey.parse(key).token().agent()).isEqualTo(api.agent());
        assertThat(api.asked()).isEqualTo(1);
        joins();
        assertThat(api.asked()).isEqualTo(1);

        var other = api.key(AgentId.next(Clock.systemUTC()), new byte[32]).text();
        Files.writeString(state.resolve("key"), other);
        assertThat(does(
                        Map.of(),
                        "run",
                        "--state",
                        state.toString(),
                        "--join",
                        api.line().text()))
                .isEqualTo(2);
        assertThat(does(
                        Map.of("SALLYPORT_KEY", other),
                        "run",
                        "--join",
                        api.line().text()))
                .isEqualTo(2);
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("holds the key of the agent", "one of them");
    }
}
