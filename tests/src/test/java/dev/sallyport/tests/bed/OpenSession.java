package dev.sallyport.tests.bed;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// A session that runs until somebody ends it: it has printed its id when this returns.
public final class OpenSession implements AutoCloseable {

    private static final String SCRIPT = "echo $SALLYPORT_SESSION_ID; exec sleep 300";

    private final Instance instance;
    private final List<String> command;
    private final Client client;
    private final String id;
    private final String ca;

    private OpenSession(Instance instance, List<String> command, Client client, String id, String ca) {
        this.instance = instance;
        this.command = command;
        this.client = client;
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
        return startWith(instance, key, fingerprint);
    }

    /// As alice, with this key and the certificate beside it.
    public static OpenSession startWith(Instance instance, Path key) throws IOException {
        return startWith(instance, key, "");
    }

    private static OpenSession startWith(Instance instance, Path key, String ca) throws IOException {
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
                ca);
    }

    private static OpenSession start(Instance instance, List<String> command, String ca) throws IOException {
        var client = Client.start(instance, command);
        client.endInput();
        client.awaitOut("\n");
        return new OpenSession(instance, command, client, client.out().strip(), ca);
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
    public Ran ended() throws InterruptedException {
        return client.ended();
    }

    /// The same command once more, to its end.
    public Ran again() throws IOException, InterruptedException {
        return Run.of(command).asClientOf(instance).now();
    }

    @Override
    public void close() {
        client.close();
    }
}
