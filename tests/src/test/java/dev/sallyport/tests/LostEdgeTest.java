package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.tests.bed.AfterEachCase;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.Recorded;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// An edge that dies without a word: what the user had been shown is in the recording once it is back.
@Tag("fault")
@ExtendWith(AfterEachCase.class)
class LostEdgeTest {

    @Test
    void aKilledEdgeLeavesARecordingThatIsRecoveredAndHoldsWhatWasShown() throws Exception {
        try (var instance = Instance.start()) {
            var ssh = new ProcessBuilder(List.of(
                            "ssh",
                            "-F",
                            instance.folder().resolve("ssh_config").toString(),
                            "alice",
                            "bash",
                            "'for i in 1 2 3; do echo line $i; done; sleep 300'".replace("'", "")))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            var shown = new ByteArrayOutputStream();
            while (!shown.toString(java.nio.charset.StandardCharsets.UTF_8).contains("line 3\n")) {
                int b = ssh.getInputStream().read();
                assertThat(b).as("ssh ended early").isNotNegative();
                shown.write(b);
            }
            var recorded = Recorded.newest(instance, "alice@example.com");
            instance.kill();
            ssh.destroyForcibly().waitFor();
            instance.restart();
            recorded.awaitState("recovered");
            assertThat(recorded.output()).isEqualTo(shown.toByteArray());
            assertThat(recorded.show()).contains("EdgeLost");
        }
    }

    @Test
    void whoIsAtWorkWhenItStopsIsToldThatAndNotOfASignal() throws Exception {
        try (var instance = Instance.start();
                var client = instance.open("alice", "bash", "echo up; sleep 300")) {
            client.awaitOut("up\n");
            var recorded = Recorded.newest(instance, "alice@example.com");
            instance.stop();
            instance.restart();
            var ended = client.ended();
            assertThat(ended.status()).as("%s", ended).isEqualTo(254);
            assertThat(ended.err()).endsWith("sally: the edge was lost\n");
            recorded.awaitState("complete");
            assertThat(recorded.show()).contains("EdgeLost");
            var typed = instance.ssh("alice+typo", "id").now();
            assertThat(typed.status()).isEqualTo(253);
            assertThat(typed.err()).contains("there is no connection not-in-this-file");
        }
    }
}
