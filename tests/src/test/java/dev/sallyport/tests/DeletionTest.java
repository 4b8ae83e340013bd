package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.NotCompared;
import dev.sallyport.tests.bed.Ran;
import dev.sallyport.tests.bed.Recorded;
import dev.sallyport.tests.bed.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A recording's last days: on hold, released, deleted, and what everybody is told then.
@EndToEnd
class DeletionTest {

    @TempDir
    private Path folder = Path.of("");

    @Test
    @NotCompared("its recording is deleted")
    void aRecordingIsHeldReleasedDeletedAndGoneForGood() throws Exception {
        try (var instance = Instance.start()) {
            assertThat(instance.ssh("alice", "bash", "echo a private letter")
                            .now()
                            .out())
                    .isEqualTo("a private letter\n");
            var recorded = Recorded.newest(instance, "alice@example.com");
            recorded.awaitState("complete");
            var id = recorded.session();
            assertThat(sally(instance, 0, "sessions", "replay", id).out()).isEqualTo("a private letter\n");

            sally(instance, 0, "sessions", "hold", id, "--reason", "case 12");
            assertThat(recorded.show()).contains("on hold", "case 12");
            var held = sally(instance, 3, "sessions", "delete-recording", id, "--reason", "private");
            assertThat(held.err()).contains("on legal hold");
            assertThat(sally(instance, 0, "sessions", "replay", id).out()).isEqualTo("a private letter\n");

            var stored = instance.folder().resolve("recordings");
            var copy = folder.resolve("copy");
            copied(stored, copy);
            sally(instance, 0, "sessions", "release", id, "--reason", "closed");
            var deleted = sally(instance, 0, "sessions", "delete-recording", id, "--reason", "private");
            assertThat(deleted.out()).contains(id + " was deleted on ");
            try (var left = Files.walk(stored)) {
                assertThat(left.filter(file -> file.toString().contains(id))).isEmpty();
            }

            // whoever copied the chunks before, and puts them back, has nothing to open them with
            Files.delete(emptied(stored));
            copied(copy, stored);
            for (var command : List.of("replay", "follow", "download")) {
                var refused = sally(instance, 3, "sessions", command, id);
                assertThat(refused.out()).doesNotContain("letter");
                assertThat(refused.err()).contains("was deleted on ", " by ");
            }
            assertThat(recorded.show()).contains("deleted on ", "private").doesNotContain("letter\n  ");
            assertThat(sally(instance, 0, "sessions", "ls").out()).contains("deleted");

            assertThat(sally(instance, 0, "admin", "audit").out())
                    .contains("session.held", "session.released", "recording.deleted");
            var exported = folder.resolve("tenant.tar");
            sally(instance, 0, "export", "-o", exported.toString());
            var listed =
                    Run.of(List.of("tar", "-tf", exported.toString())).now().out();
            assertThat(listed).contains("audit.jsonl", "SHA256SUMS").doesNotContain(id);

            // as long as no checkpoint covers it, it says that, too: `KeepingTest` of the CLI waits for none
            assertThat(sally(instance, 3, "sessions", "verify", id).out())
                    .startsWith("deleted: The recording was deleted on ")
                    .contains(" (private). ");
        }
    }

    private static Ran sally(Instance instance, int status, String... arguments) throws Exception {
        var ran = instance.sally(arguments).now();
        assertThat(ran.status()).as("%s", ran).isEqualTo(status);
        return ran;
    }

    private static void copied(Path from, Path to) throws Exception {
        assertThat(Run.of(List.of("cp", "-a", from.toString(), to.toString()))
                        .now()
                        .status())
                .isZero();
    }

    private static Path emptied(Path folder) throws Exception {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                if (!file.equals(folder)) {
                    Files.delete(file);
                }
            }
        }
        return folder;
    }
}
