package dev.sallyport.tests.bed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.api.Refused;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/// The session that a user had last, found through the API, which is quicker than asking the CLI again and
/// again.
public final class LastSession {

    private LastSession() {}

    /// Of this user; returns when its recording is sealed.
    public static Recorded sealed(Instance instance, String email) throws IOException, Refused {
        try (var admin = instance.admin()) {
            var sessions = admin.sessions(Map.of("user", email, "limit", "1")).items();
            assertThat(sessions).as("sessions of %s", email).isNotEmpty();
            var id = sessions.getFirst().id();
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(100))
                    .untilAsserted(() -> assertThat(admin.session(id).recording())
                            .as("recording of %s", id)
                            .isIn("complete", "recovered"));
            return new Recorded(instance, id);
        }
    }
}
