package dev.sallyport.edge.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EdgeIdentityTest {

    private static final Clock NOW = Clock.systemUTC();

    @TempDir
    private Path above;

    @Test
    void theSameFolderGivesTheSamePinAndCertificate() throws Exception {
        var first = open(Set.of("edge.example.com"), NOW);
        var again = open(Set.of("edge.example.com"), NOW);
        assertThat(again.pin()).isEqualTo(first.pin()).hasSize(32);
        assertThat(again.chain()).isEqualTo(first.chain());
        first.chain().getFirst().verify(first.chain().getLast().getPublicKey());
        assertThat(first.chain().getFirst().getBasicConstraints())
                .as("the edge is no CA")
                .isEqualTo(-1);
    }

    @Test
    void otherNamesOrHalfALifeGiveAnotherCertificateAndTheSamePin() throws Exception {
        var first = open(Set.of(), NOW);
        var renamed = open(Set.of("10.1.2.3", "edge.example.com"), NOW);
        assertThat(renamed.pin()).isEqualTo(first.pin());
        assertThat(renamed.chain().getFirst()).isNotEqualTo(first.chain().getFirst());
        assertThat(renamed.chain().getFirst().getSubjectAlternativeNames().toString())
                .contains("edge.example.com", "10.1.2.3", "127.0.0.1", "localhost");
        var later = open(Set.of("10.1.2.3", "edge.example.com"), Clock.offset(NOW, Duration.ofDays(200)));
        assertThat(later.pin()).isEqualTo(first.pin());
        assertThat(later.chain().getFirst()).isNotEqualTo(renamed.chain().getFirst());
    }

    @Test
    void aCertificateWithoutItsKeyIsMadeAnew() throws Exception {
        var first = open(Set.of(), NOW);
        var kept = Files.readAllBytes(folder().resolve("edge.key"));
        Files.delete(folder().resolve("edge.crt"));
        var second = open(Set.of(), NOW);
        assertThat(second.chain().getFirst()).isNotEqualTo(first.chain().getFirst());
        // as after a crash between the two files
        Files.write(folder().resolve("edge.key"), kept);
        assertThat(open(Set.of(), NOW).chain().getFirst())
                .isNotEqualTo(second.chain().getFirst());
    }

    @Test
    void keysAreForTheirOwnerAlone() throws Exception {
        open(Set.of(), NOW);
        for (var name : Set.of("ca.key", "edge.key")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder().resolve(name))))
                    .isEqualTo("rw-------");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder())))
                .isEqualTo("rwx------");
    }

    @Test
    void aCaIsNeverReplacedSilently() throws Exception {
        open(Set.of(), NOW);
        Files.delete(folder().resolve("ca.key"));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> open(Set.of(), NOW))
                .withMessageContaining("ca.key");
        Files.writeString(folder().resolve("ca.key"), "garbage");
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> open(Set.of(), NOW));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> open(Set.of(), Clock.offset(NOW, Duration.ofDays(4_000))));
    }

    private Path folder() {
        return above.resolve("identity");
    }

    private EdgeIdentity open(Set<String> names, Clock clock) throws IOException {
        return EdgeIdentity.open(folder(), names, clock);
    }
}
