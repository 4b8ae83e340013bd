package dev.sallyport.cli;

import dev.sallyport.api.Me;
import dev.sallyport.cli.config.Configuration;
import dev.sallyport.cli.run.Reason;
import io.avaje.jsonb.Json;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whether something that speaks SSH answers where the door is said to be. It is not proven to be ours: that is
/// what ssh does, by the host CA.
///
/// @param problem why it does not answer
@Json(naming = Json.Naming.LowerUnderscore)
record DoorReach(
        String host, int port, boolean answers, @Nullable String problem) {

    /// Longest wait for the door.
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final byte[] GREETING = "SSH-".getBytes(StandardCharsets.US_ASCII);

    /// As it stands behind the API's record.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Told(DoorReach door) {}

    /// Asks the door that the configuration names, else the one that the API knows.
    static Optional<DoorReach> of(Configuration configuration, Me me) {
        var known = Optional.ofNullable(me.ssh());
        var host = configuration.sshHost().or(() -> known.map(Me.SshDoor::host));
        int port = configuration.sshPort().or(() -> known.map(Me.SshDoor::port)).orElse(12_222);
        return host.map(name -> ask(name, port));
    }

    private static DoorReach ask(String host, int port) {
        if (port < 1 || port > 65_535) {
            return new DoorReach(host, port, false, "that is no port");
        }
        try (var socket = new Socket()) {
            int patience = (int) PATIENCE.toMillis();
            socket.setSoTimeout(patience);
            socket.connect(new InetSocketAddress(host, port), patience);
            boolean ssh = Arrays.equals(socket.getInputStream().readNBytes(GREETING.length), GREETING);
            return new DoorReach(host, port, ssh, ssh ? null : "what answers there does not speak SSH");
        } catch (UnknownHostException e) {
            return new DoorReach(host, port, false, "its name does not resolve");
        } catch (SocketTimeoutException e) {
            return new DoorReach(host, port, false, "it does not answer in time");
        } catch (IOException e) {
            return new DoorReach(host, port, false, Reason.of(e));
        }
    }

    String words() {
        return host + ", port " + port + ", " + (problem == null ? "answers" : "does not answer: " + problem);
    }
}
