package dev.sallyport.edge.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Attack class 12: public values of a client that would make the shared secret known to all.
final class WeakKeyExchangeTest {

    private static final String CURVE = "curve25519-sha256";

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

    /// Without this the refusals below would say nothing: 9 is the curve's base point.
    @Test
    void anHonestValueIsAnswered() throws IOException {
        assertThat(answer(CURVE, HexFormat.of().parseHex("09" + "00".repeat(31))))
                .isEqualTo(Optional.of(SshConstants.SSH_MSG_KEXDH_REPLY));
    }

    /// All points of small order, as the curve's author lists them (cr.yp.to/ecdh.html): the secret would be
    /// zero.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0100000000000000000000000000000000000000000000000000000000000000",
                "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
            })
    void aPointOfSmallOrderIsRefused(String point) throws IOException {
        assertThat(answer(CURVE, HexFormat.of().parseHex(point)))
                .isNotEqualTo(Optional.of(SshConstants.SSH_MSG_KEXDH_REPLY));
        assertThat(door.alice("alice@127.0.0.1", "bash", "echo in").output()).isEqualTo("in\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {CURVE, "mlkem768x25519-sha256", "sntrup761x25519-sha512"})
    void aValueOfAnotherLengthIsRefused(String exchange) throws IOException {
        for (int length : new int[] {0, 1, 31, 33, 1_024, 100_000}) {
            assertThat(answer(exchange, new byte[length])).isNotEqualTo(Optional.of(SshConstants.SSH_MSG_KEXDH_REPLY));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "diffie-hellman-group1-sha1",
                "diffie-hellman-group14-sha1",
                "diffie-hellman-group-exchange-sha1",
                "diffie-hellman-group-exchange-sha256"
            })
    void exchangesWithGroupsOfTheClientsChoiceAreNotOffered(String exchange) throws IOException {
        assertThat(answer(exchange, new byte[] {1})).isNotEqualTo(Optional.of(SshConstants.SSH_MSG_KEXDH_REPLY));
    }

    /// The kind of message by which the server answers; empty when it hangs up.
    private static Optional<Byte> answer(String exchange, byte[] value) throws IOException {
        try (var client = new RawClient(door.port(), "127.0.0.1")) {
            client.banner();
            assertThat(client.serverBanner()).startsWith("SSH-2.0-");
            client.offer(exchange);
            var init = new ByteArrayBuffer();
            init.putByte(SshConstants.SSH_MSG_KEXDH_INIT);
            init.putBytes(value);
            try {
                client.write(RawClient.packet(init.getCompactData()));
            } catch (IOException hungUp) {
                return Optional.empty();
            }
            var packet = client.read();
            while (packet.isPresent()
                    && (packet.get().length == 0 || packet.get()[0] == SshConstants.SSH_MSG_KEXINIT)) {
                packet = client.read();
            }
            return packet.map(payload -> payload[0]);
        }
    }
}
