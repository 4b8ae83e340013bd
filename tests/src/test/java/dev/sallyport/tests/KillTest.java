package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Users.UserWrite;
import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.OpenSession;
import dev.sallyport.tests.bed.Shared;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Sessions that must end: killed by an admin, or because the right to them is gone.
@EndToEnd
class KillTest {

    private final Instance instance = Shared.instance();

    @Test
    void anAdminEndsASession() throws Exception {
        try (var session = OpenSession.start(instance, "alice", "bash")) {
            var killed = instance.sally("sessions", "kill", session.id()).now();
            assertThat(killed.status()).as("%s", killed).isZero();
            var ended = session.ended();
            assertThat(ended.status()).as("%s", ended).isEqualTo(253);
            assertThat(ended.err()).contains("sally: ").contains("ended by");
            assertThat(session.recorded().show()).contains("Killed");
        }
    }

    @Test
    void aUserWhoLeavesTheGroupLosesTheSessionsThatRun() throws Exception {
        try (var session = OpenSession.start(instance, "alice", "bash")) {
            putAliceInto(List.of());
            try {
                var ended = session.ended();
                assertThat(ended.status()).as("%s", ended).isEqualTo(253);
                assertThat(instance.ssh("alice", "bash", "true").now().status()).isEqualTo(253);
            } finally {
                putAliceInto(List.of("engineers"));
            }
            assertThat(session.recorded().show()).contains("Revoked");
        }
        assertThat(instance.ssh("alice", "bash", "true").now().status()).isZero();
    }

    @Test
    void aRevokedCertificateEndsItsSessions() throws Exception {
        try (var session = OpenSession.startWithCertificate(instance, 4_711)) {
            var revoked = instance.sally(
                            "admin",
                            "revocations",
                            "create",
                            "--serial",
                            "4711",
                            "--ca",
                            session.ca(),
                            "--reason",
                            "lost")
                    .now();
            assertThat(revoked.status()).as("%s", revoked).isZero();
            assertThat(session.ended().status()).isEqualTo(253);
            assertThat(session.recorded().show()).contains("Revoked");
            assertThat(session.again().status()).isEqualTo(253);
        }
    }

    private void putAliceInto(List<String> groups) throws Exception {
        instance.admin()
                .updateUser("alice@example.com", new UserWrite("alice@example.com", null, "Alice", groups, null));
    }
}
