package dev.sallyport.edge.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the door shows of itself, as the real `ssh` sees it, with nothing but the host CA in its known_hosts.
final class HostCertificateTest {

    @TempDir
    private static Path folder;

    private static TestingDoor door;

    @BeforeAll
    static void open() {
        door = TestingDoor.open(folder);
    }

    @AfterAll
    static void close() {
        door.close();
    }

    @Test
    void theEdgeIsKnownByItsNamesOnly() {
        var result = door.alice("-v", "alice@127.0.0.1", "bash", "echo in");
        assertThat(result.output()).as(result.error()).isEqualTo("in\n");
        assertThat(result.error()).contains("Server host certificate: ssh-ed25519-cert-v01@openssh.com");
        assertThat(door.alice("-o", "HostKeyAlias=localhost", "alice@127.0.0.1", "bash", "echo in")
                        .output())
                .isEqualTo("in\n");
        var elsewhere = door.alice("-o", "HostKeyAlias=bank.example", "alice@127.0.0.1", "bash", "echo in");
        assertThat(elsewhere.status()).isEqualTo(255);
        assertThat(elsewhere.error()).contains("name is not a listed principal");
    }

    @Test
    void aCertificateIsRenewedBeforeItEndsAndWithoutARestart() {
        door.hostClock.by = Duration.ofDays(-29);
        try {
            assertThat(door.alice("alice@127.0.0.1", "bash", "echo in").error())
                    .contains("Certificate invalid: expired");
            for (var days : List.of(-27, -1, 0)) {
                door.hostClock.by = Duration.ofDays(days);
                assertThat(door.alice("alice@127.0.0.1", "bash", "echo in").output())
                        .isEqualTo("in\n");
            }
        } finally {
            door.hostClock.by = Duration.ZERO;
        }
    }

    /// OpenSSH takes another certificate at a new key exchange for another host's, and leaves.
    @Test
    void aConnectionKeepsItsCertificateOverNewKeyExchanges() {
        var data = new byte[1 << 20];
        try (var client = Client.start(
                door.ssh("alice", "-o", "RekeyLimit=64K", "alice@127.0.0.1", "bash", "head -c 4 >&2; cat"))) {
            client.type("now\n");
            await().until(() -> client.errorText().contains("now"));
            door.hostClock.by = Duration.ofDays(2);
            client.type(data);
            client.endInput();
            var result = client.result();
            assertThat(result.status()).as(result.error()).isZero();
            assertThat(result.bytes()).isEqualTo(data);
        } finally {
            door.hostClock.by = Duration.ZERO;
        }
    }

    @Test
    void theRsaKeyIsShownFromWhenItIsMade() throws IOException {
        var old = door.ssh("alice", "alice@127.0.0.1", "bash", "echo in").stream()
                .map(word -> word.replace("=ssh-ed25519-cert", "=rsa-sha2-512-cert"))
                .toList();
        assertThat(Client.run(old).error()).contains("no matching host key type");
        door.hostKeys.makeMissing();
        assertThat(Client.run(old).output()).isEqualTo("in\n");
        assertThat(door.alice("alice@127.0.0.1", "bash", "echo in").output()).isEqualTo("in\n");
    }

    @Test
    void theNamesFollowFromWhereTheDoorListens() throws IOException {
        assertThat(HostNames.of(List.of("Edge.Example"), at("127.0.0.1")))
                .contains("edge.example", "127.0.0.1", "localhost", "::1");
        assertThat(HostNames.of(List.of(), at("0.0.0.0")))
                .contains("127.0.0.1", "localhost")
                .doesNotContain("0.0.0.0", "::");
        assertThat(HostNames.of(List.of(), at("192.0.2.7")))
                .contains("192.0.2.7")
                .doesNotContain("127.0.0.1");
        assertThat(HostNames.of(List.of(), at("2001:db8:0:0:0:0:0:7"))).contains("2001:db8::7");
        assertThatThrownBy(() -> HostNames.of(List.of(), InetSocketAddress.createUnresolved("nowhere.invalid", 22)))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aCertificateForEveryHostIsNotMade() {
        assertThatThrownBy(() -> HostKeys.in(folder.resolve("other"), List.of(), Clock.systemUTC()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static InetSocketAddress at(String address) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), 22);
    }
}
