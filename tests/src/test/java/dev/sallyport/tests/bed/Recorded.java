package dev.sallyport.tests.bed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.api.Refused;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/// What CLI and API say of a session: how tests read recordings, as a user would.
public record Recorded(Instance instance, String session) {

    /// The newest session of a user.
    public static Recorded newest(Instance instance, String email) throws IOException, Refused {
        var found = instance.api().sessions(Map.of("user", email, "limit", "1")).items();
        assertThat(found).as("a session of %s", email).isNotEmpty();
        return new Recorded(instance, found.getFirst().id());
    }

    /// What the user was shown on stdout (or the terminal), byte for byte, once the recording is sealed.
    public byte[] output() throws IOException, InterruptedException {
        return replay().outBytes();
    }

    /// What he was shown on stderr, and after that what the CLI says.
    public String errors() throws IOException, InterruptedException {
        return replay().err();
    }

    private Ran replay() throws IOException, InterruptedException {
        awaitState("complete", "recovered");
        var replay = instance.sally("sessions", "replay", session, "--no-wait").now();
        assertThat(replay.status())
                .as("replay of %s: %s", session, replay.err())
                .isZero();
        return replay;
    }

    public String show() throws IOException, InterruptedException {
        return instance.sally("sessions", "show", session).now().out();
    }

    public Ran verify() throws IOException, InterruptedException {
        return instance.sally("sessions", "verify", session).now();
    }

    /// Waits until the recording is in one of these states.
    public void awaitState(String... states) {
        awaitState(Duration.ofSeconds(60), states);
    }

    public void awaitState(Duration longest, String... states) {
        await().atMost(longest)
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> assertThat(instance.api().session(session).recording())
                        .as("the recording of %s", session)
                        .isIn((Object[]) states));
    }
}
