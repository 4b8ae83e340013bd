package dev.sallyport.tests.bed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A session that runs until somebody ends it: it has printed its id when this returns.
public final class OpenSession implements AutoCloseable {

    private static final String SCRIPT = "echo $SALLYPORT_SESSION_ID; exec sleep 300";

    private final Instance instance;
    private final List<String> command;
    private final Process process;
    private final String id;
    private final String ca;

    private OpenSession(Instance instance, List<String> command, Process process, String id, String ca) {
        this.instance = instance;
        this.command = command;
        this.process = process;
        this.id = id;
        this.ca = ca;
    }

    public static OpenSession start(Instance instance, String user, String connection) throws IOException {
        return start(
                instance,
                List.of("ssh", "-F", instance.folder().resolve("ssh_config").toString(), user, connection, SCRIPT),
                "");
    }

    /// As alice, with a certificate of this serial.
    public static OpenSession startWithCertificate(Instance instance, long serial)
            throws IOException, InterruptedException {
        var certificates = Certificates.of(instance);
        var key = certificates.certify(
                certificates.ca(), certificates.key("ed25519"), "-V", "+10m", "-z", Long.toString(serial));
        var fingerprint = Run.of(List.of("ssh-keygen", "-l", "-f", certificates.ca() + ".pub"))
                .now()
                .out()
                .split(" ", 3)[1];
        return start(
                instance,
                List.of(
                        "ssh",
                        "-F",
                        instance.folder().resolve("ssh_config").toString(),
                        "-o",
                        "User=alice",
                        "-i",
                        key.toString(),
                        "edge",
                        "bash",
                        SCRIPT),
                fingerprint);
    }

    private static OpenSession start(Instance instance, List<String> command, String ca) throws IOException {
        var process = new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
        var line = new StringBuilder();
        for (int b = process.getInputStream().read();
                b != '\n';
                b = process.getInputStream().read()) {
            if (b < 0) {
                throw new AssertionError("the session did not start: "
                        + new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
            }
            line.append((char) b);
        }
        return new OpenSession(instance, new ArrayList<>(command), process, line.toString(), ca);
    }

    public String id() {
        return id;
    }

    /// Fingerprint of the CA behind the certificate.
    public String ca() {
        return ca;
    }

    public Recorded recorded() {
        var recorded = new Recorded(instance, id);
        recorded.awaitState("complete", "recovered");
        return recorded;
    }

    /// Waits until the client has gone, and returns what it said.
    public Ran ended() throws IOException, InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS))
                .as("the client is still there after 60 s")
                .isTrue();
        var out = new ByteArrayOutputStream();
        process.getInputStream().transferTo(out);
        return new Ran(
                process.exitValue(), out.toByteArray(), process.getErrorStream().readAllBytes());
    }

    /// The same command once more, to its end.
    public Ran again() throws IOException, InterruptedException {
        return Run.of(command).now();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
