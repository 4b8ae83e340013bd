package dev.sallyport.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.agent.AgentKey;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DoctorTest {

    @TempDir
    Path folder;

    /// What the program said, and how it ended.
    private record Said(int exit, String out, String err) {}

    private Said doctor(Map<String, String> environment, String... more) {
        var words = new ArrayList<>(List.of(
                "doctor", "--type", "ssh", "--state", folder.resolve("state").toString()));
        words.addAll(List.of(more));
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int exit = AgentMain.run(
                words,
                environment,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Said(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static Map<String, String> with(AgentKey key) {
        return Map.of("SALLYPORT_KEY", key.text());
    }

    @Test
    void whatIsInOrderIsSaidAndNothingIsChanged() throws Exception {
        var secrets = Files.createDirectory(folder.resolve("secrets"));
        try (var edge = TestingEdge.start(folder, "ip:127.0.0.1");
                var target = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
            var key = TestingEdge.key(edge.port(), edge.pin());
            var said = doctor(
                    with(key),
                    "--secrets",
                    secrets.toString(),
                    "--run-as",
                    "daemon",
                    "--target",
                    "127.0.0.1:" + target.getLocalPort());
            assertThat(said.out().lines())
                    .as(said.out())
                    .isNotEmpty()
                    .allMatch(line -> line.startsWith("ok    "))
                    .anyMatch(line -> line.contains("agent testing"))
                    .anyMatch(line -> line.contains("answers by TCP at 127.0.0.1 port " + edge.port()))
                    .anyMatch(line -> line.contains("of the CA that the key pins"))
                    .anyMatch(line -> line.contains("clock lies within"))
                    .anyMatch(line -> line.contains("secrets is readable (0 in it)"))
                    .anyMatch(line -> line.contains("the account daemon is on this machine"))
                    .anyMatch(line -> line.contains("the target 127.0.0.1:" + target.getLocalPort() + " answers"))
                    .anyMatch(line -> line.endsWith("opens and enforces: ssh"));
            assertThat(said.exit()).isZero();
            assertThat(said.out()).doesNotContain(key.token().text());
            assertThat(folder.resolve("state")).doesNotExist();
        }
    }

    @Test
    void anEdgeOfAnotherCaIsNotTrusted() throws Exception {
        try (var edge = TestingEdge.start(folder, "ip:127.0.0.1")) {
            var said = doctor(with(TestingEdge.key(edge.port(), new byte[32])));
            assertThat(said.out())
                    .contains("fail  the edge at 127.0.0.1")
                    .contains("not from the CA that this agent's key pins");
            assertThat(said.exit()).isEqualTo(1);
        }
    }

    @Test
    void anEdgeOfAnotherNameIsNotTrusted() throws Exception {
        try (var edge = TestingEdge.start(folder, "dns:edge.example")) {
            var said = doctor(with(TestingEdge.key(edge.port(), edge.pin())));
            assertThat(said.out()).contains("fail  the edge at 127.0.0.1 port " + edge.port() + " is not trusted: ");
            assertThat(said.exit()).isEqualTo(1);
        }
    }

    @Test
    void aCertificateThatIsOverMakesTheClocksSuspect() throws Exception {
        try (var edge = TestingEdge.start(folder, "ip:127.0.0.1", "-startdate", "-10d", "-validity", "5")) {
            var said = doctor(with(TestingEdge.key(edge.port(), edge.pin())));
            assertThat(said.out()).contains("not valid at this machine's time — compare the clocks of both");
            assertThat(said.exit()).isEqualTo(1);
        }
    }

    @Test
    void whatDoesNotSpeakTlsIsNoEdge() throws Exception {
        try (var mute = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        try (var socket = mute.accept()) {
                            socket.getOutputStream().write("SSH-2.0-other\r\n".getBytes(StandardCharsets.US_ASCII));
                        }
                    }
                } catch (java.io.IOException e) {
                    assertThat(mute.isClosed()).isTrue();
                }
            });
            var said = doctor(with(TestingEdge.key(mute.getLocalPort(), new byte[32])));
            assertThat(said.out()).contains("fail  no TLS 1.3 with the edge at 127.0.0.1");
            assertThat(said.exit()).isEqualTo(1);
        }
    }

    @Test
    void withoutAKeyTheRestIsLookedAt() throws Exception {
        var state = Files.createDirectory(
                folder.resolve("state"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwxr-xr-x"));
        int nobody;
        try (var gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = gone.getLocalPort();
        }
        var none = folder.resolve("none");
        var said = doctor(
                Map.of(),
                "--secrets",
                none.toString(),
                "--target",
                "127.0.0.1:" + nobody,
                "--run-as",
                "nobody-has-this-name");
        assertThat(said.exit()).isEqualTo(1);
        assertThat(said.out())
                .contains("fail  the key cannot be used — There is no agent key")
                .contains("warn  others can look into the state folder " + state + " (rwxr-xr-x) — chmod 700 it")
                .contains("fail  the secrets folder cannot be read: " + none + ": there is no such file or folder")
                .contains("fail  the target 127.0.0.1:" + nobody + " cannot be reached")
                .contains("fail  the account nobody-has-this-name is not on this machine");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state)))
                .isEqualTo("rwxr-xr-x");
    }

    @Test
    void aKeyThatOthersCanReadIsWarnedOf() throws Exception {
        var file = Files.writeString(
                folder.resolve("key"), TestingEdge.key(1, new byte[32]).text());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(doctor(Map.of(), "--key-file", file.toString()).out())
                .contains("warn  others can read the key in " + file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(doctor(Map.of(), "--key-file", file.toString()).out())
                .contains("ok    key of agent testing")
                .doesNotContain("others can read");
    }

    @Test
    void machinesReadTheSame() {
        var said = doctor(Map.of(), "--json");
        assertThat(said.out())
                .startsWith("{\"checks\":[{\"level\":\"fail\",\"what\":\"the key cannot be used\",\"next\":\"There is")
                .endsWith("{\"level\":\"ok\",\"what\":\"this agent opens and enforces: ssh\",\"next\":\"\"}]}\n");
        assertThat(said.exit()).isEqualTo(1);
    }

    @Test
    void whatIsNotAskedForProperlyIsNotLookedAt() {
        for (var wrong : List.of(List.of("--target", "there"), List.of("--edge", "x"), List.of("--verbose"))) {
            var said = doctor(Map.of(), wrong.toArray(String[]::new));
            assertThat(said.exit()).isEqualTo(2);
            assertThat(said.out()).isEmpty();
            assertThat(said.err()).contains(wrong.getFirst());
        }
    }
}
