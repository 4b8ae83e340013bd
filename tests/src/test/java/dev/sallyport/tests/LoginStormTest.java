package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.tests.bed.AfterEachCase;
import dev.sallyport.tests.bed.Keys;
import dev.sallyport.tests.bed.Logins;
import dev.sallyport.tests.bed.Split;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Two hundred users who log in at once while the store is slow: they wait, and nobody else does.
@Tag("fault")
@ExtendWith(AfterEachCase.class)
class LoginStormTest {

    private static final Duration SLOW = Duration.ofSeconds(2);
    private static final int LOGINS = 200;

    /// So many wait while echoes are counted.
    private static final int MANY = 150;

    /// Echoes at least: a shell that waited for the store would have two or three.
    private static final int ECHOES = 50;

    private static final int WARM_UP = 200;

    @Test
    void twoHundredWhoLogInWhileTheStoreIsSlowWaitAndAnOpenShellDoesNot() throws Exception {
        try (var split = new Split.Setup()
                .store()
                .limit("sessions_per_user = 1000")
                .limit("connections_per_user = 1000")
                .limit("unauthenticated_per_address = 500")
                .start()) {
            split.awaitWorking();
            var before = split.census();
            try (var shell = Keys.open(split.control());
                    var logins = new Logins(split.control())) {
                var _ = shell.type(WARM_UP);
                split.store().slow(SLOW);
                logins.begin(LOGINS, "bash true");
                var echoes = shell.typeWhile(() -> logins.pending() >= MANY);
                var ended = logins.ended();
                split.store().slow(Duration.ZERO);

                assertThat(echoes.sorted())
                        .as("echoes while " + MANY + " or more logged in")
                        .hasSizeGreaterThanOrEqualTo(ECHOES);
                assertThat(ended)
                        .as("not all are sent away")
                        .anyMatch(one -> one.status().equals(Optional.of(0)))
                        .allSatisfy(one -> assertThat(one)
                                .matches(
                                        login -> login.status().equals(Optional.of(0))
                                                || (login.status().equals(Optional.of(254))
                                                        && login.err().startsWith("sally: ")
                                                        && login.err().endsWith("; please try again\n")),
                                        "began, or was told to try again"));
            }
            split.awaitWorking();
            split.awaitAsBefore(before);
        }
    }
}
