package dev.sallyport.tests.bed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/// A network of its own for an agent, joined to this machine's by one cable that can be pulled: what is sent then
/// is lost, and nobody is told. Needs root and `ip`.
public final class Namespace implements AutoCloseable {

    private final String name;
    private final String cable;
    private final String net;

    private Namespace(int number) {
        this.name = "sallyport-" + number;
        this.cable = "sp" + number;
        // documentation's benchmark network (RFC 2544): nobody's own
        this.net = String.format(Locale.ROOT, "198.18.%d.%d", number / 63 % 256, number % 63 * 4);
    }

    public static Namespace create() throws IOException {
        var made = new Namespace(ThreadLocalRandom.current().nextInt(1, 1_000_000));
        ip("netns", "add", made.name);
        ip("link", "add", made.cable, "type", "veth", "peer", "name", "eth0", "netns", made.name);
        ip("address", "add", made.address() + "/30", "dev", made.cable);
        ip("link", "set", made.cable, "up");
        ip("-n", made.name, "address", "add", made.host(2) + "/30", "dev", "eth0");
        ip("-n", made.name, "link", "set", "lo", "up");
        made.plug();
        return made;
    }

    private String host(int number) {
        int dot = net.lastIndexOf('.');
        return net.substring(0, dot + 1) + (Integer.parseInt(net.substring(dot + 1)) + number);
    }

    /// This machine's address, as seen from inside.
    public String address() {
        return host(1);
    }

    /// What makes a command run inside.
    List<String> inside() {
        return List.of("ip", "netns", "exec", name);
    }

    /// Pulls the cable.
    public void pull() throws IOException {
        ip("-n", name, "link", "set", "eth0", "down");
    }

    public void plug() throws IOException {
        ip("-n", name, "link", "set", "eth0", "up");
    }

    @Override
    public void close() throws IOException {
        // the cable goes with it
        ip("netns", "delete", name);
    }

    private static void ip(String... words) throws IOException {
        var command = new ArrayList<>(List.of("ip"));
        command.addAll(Arrays.asList(words));
        Ran ran;
        try {
            ran = Run.of(command).now();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted during " + command);
        }
        assertThat(ran.status()).as("%s: %s", command, ran).isZero();
    }
}
