package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.Laptop;
import dev.sallyport.tests.bed.LastSession;
import dev.sallyport.tests.bed.Ran;
import dev.sallyport.tests.bed.Run;
import dev.sallyport.tests.bed.Shared;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// PuTTY's `plink` and `pscp`, whose key file holds the certificate; `puttygen` makes it of OpenSSH's.
@EndToEnd
class PlinkTest {

    private final Instance instance = Shared.instance();
    private Laptop laptop = new Laptop(instance, instance.folder());
    private Path withCertificate = instance.folder();
    private Path plain = instance.folder();

    @BeforeEach
    void keys() throws Exception {
        laptop = Laptop.of(instance);
        var key = laptop.folder().resolve("certs/alice");
        plain = laptop.folder().resolve("plain.ppk");
        withCertificate = laptop.folder().resolve("alice.ppk");
        puttygen(key.toString(), "-O", "private", "-o", plain.toString());
        puttygen(key.toString(), "-O", "private", "-o", withCertificate.toString(), "--certificate", key + "-cert.pub");
    }

    @Test
    void aCommandKeepsItsStreamsAndItsStatus() throws Exception {
        var ran = plink(withCertificate, "alice@127.0.0.1", "bash", "echo out; echo err >&2; exit 4")
                .now();
        assertThat(ran.status()).as("%s", ran).isEqualTo(4);
        assertThat(ran.out()).isEqualTo("out\n");
        assertThat(ran.err()).contains("err\n");
        assertThat(LastSession.sealed(instance, "alice@example.com").output()).isEqualTo(ran.outBytes());
    }

    @Test
    void stdinIsPiped() throws Exception {
        var bytes = new byte[5 << 20];
        new java.util.Random(4).nextBytes(bytes);
        var ran = plink(withCertificate, "alice@127.0.0.1", "bash", "cat; exit 7")
                .input(bytes)
                .now();
        assertThat(ran.status()).as("%s", ran.err()).isEqualTo(7);
        assertThat(ran.outBytes()).isEqualTo(bytes);
    }

    @Test
    void theLoginNameMayNameTheConnection() throws Exception {
        var ran = plink(withCertificate, "alice+demo-host@127.0.0.1", "echo on the host")
                .now();
        assertThat(ran.out()).as("%s", ran).isEqualTo("on the host\n");
    }

    @Test
    void pscpCopiesThereAndBack() throws Exception {
        var file = laptop.folder().resolve("file");
        Files.writeString(file, "content ".repeat(100_000));
        done(Run.of(putty("pscp", withCertificate, file.toString(), "alice+demo-host@127.0.0.1:pscp-file"))
                .now());
        var back = laptop.folder().resolve("back");
        done(Run.of(putty("pscp", withCertificate, "alice+demo-host@127.0.0.1:pscp-file", back.toString()))
                .now());
        assertThat(back).hasSameBinaryContentAs(file);
        done(instance.ssh("alice+demo-host", "rm pscp-file").now());
    }

    @Test
    void theKeyWithoutItsCertificateIsRefused() throws Exception {
        var ran = plink(plain, "alice@127.0.0.1", "bash", "echo in").now();
        assertThat(ran.status()).as("%s", ran).isEqualTo(1);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains("Server refused our key");
    }

    @Test
    void anotherLoginIsRefused() throws Exception {
        var ran = plink(withCertificate, "bob@127.0.0.1", "bash", "echo in").now();
        assertThat(ran.status()).as("%s", ran).isEqualTo(1);
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void aConnectionThatIsNotThereIsRefusedWithTheSentenceAndTheStatus() throws Exception {
        var ran = plink(withCertificate, "alice@127.0.0.1", "nosuch", "echo in").now();
        assertThat(ran.status()).as("%s", ran).isEqualTo(253);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains("sally: there is no connection nosuch");
    }

    private Run plink(Path key, String... words) throws Exception {
        return Run.of(putty("plink", key, words), Map.of("HOME", laptop.folder().toString()))
                .asClientOf(instance);
    }

    private List<String> putty(String program, Path key, String... words) throws Exception {
        var all = new ArrayList<>(
                List.of(program, "-batch", "-hostkey", hostKey(), "-i", key.toString(), "-P", laptop.port()));
        all.addAll(List.of(words));
        return all;
    }

    private String hostKey() throws Exception {
        var key = instance.folder().resolve("keys/ssh_host_ed25519_key.pub").toString();
        return Run.of(List.of("ssh-keygen", "-l", "-f", key)).now().out().split(" ", 3)[1];
    }

    private static void puttygen(String... words) throws Exception {
        var all = new ArrayList<>(List.of("puttygen"));
        all.addAll(List.of(words));
        done(Run.of(all).now());
    }

    private static void done(Ran ran) {
        assertThat(ran.status()).as("%s", ran).isZero();
    }
}
