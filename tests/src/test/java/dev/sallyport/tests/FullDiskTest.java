package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sallyport.tests.bed.AfterEachCase;
import dev.sallyport.tests.bed.ObjectStore;
import dev.sallyport.tests.bed.Recorded;
import dev.sallyport.tests.bed.Run;
import dev.sallyport.tests.bed.Split;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// The disk below the spool is small, and full before the spool's own limit is reached.
@Tag("fault")
@Order(4)
@ExtendWith(AfterEachCase.class)
@Execution(ExecutionMode.CONCURRENT)
class FullDiskTest {

    private static final int DISK = 40 << 20;

    /// What the spool leaves free.
    private static final int RESERVE = 8 << 20;

    @Test
    void aFullDiskEndsWhoCannotBeRecordedAndIsNoReasonToRestart() throws Exception {
        assumeThat(System.getProperty("user.name")).as("only root mounts").isEqualTo("root");
        var setup = new Split.Setup();
        var spool = Files.createDirectory(
                setup.folder().resolve("spool"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        mount("mount", "-t", "tmpfs", "-o", "mode=700,size=" + DISK, "tmpfs", spool.toString());
        try (var split = setup.start()) {
            split.awaitWorking();
            split.awaitWorking();
            var before = split.census();
            fill(split);
            // a second time: nothing of the first is left on the disk
            fill(split);
            split.awaitAsBefore(before);
        } finally {
            mount("umount", "--lazy", spool.toString());
        }
    }

    private static void fill(Split split) throws Exception {
        try (var idle = split.control().open("alice", "bash", "echo up; exec cat");
                var bulk = split.control().open("alice", "bash", "echo up; read go; exec cat /dev/urandom")) {
            idle.awaitOut("up\n");
            bulk.awaitOut("up\n");
            Recorded recorded;
            try (var _ = ObjectStore.fails(split.control())) {
                bulk.type("go\n");
                recorded = newestOf(split, "urandom");
                var ended = bulk.ended();
                assertThat(ended.err()).isEqualTo("sally: the session could not be recorded\n");
                assertThat(ended.status()).isEqualTo(254);
                assertThat(ended.outBytes().length).isBetween((DISK - RESERVE) / 2, DISK);
                var refused = split.control().ssh("alice", "bash", "true").now();
                assertThat(refused.status()).as("%s", refused).isEqualTo(254);
                assertThat(refused.err()).startsWith("sally: this session cannot be recorded now");
            }
            split.awaitWorking();
            idle.type("still here\n");
            idle.awaitOut("still here\n");
            idle.endInput();
            assertThat(idle.ended().status()).isZero();
            recorded.awaitState(Duration.ofMinutes(2), "incomplete", "recovered");
            assertThat(recorded.show()).contains("RecordingFailed");
            var replayed = split.control()
                    .sally("sessions", "replay", recorded.session(), "--no-wait")
                    .now();
            var shown = bulk.outBytes();
            assertThat(Arrays.mismatch(replayed.outBytes(), shown))
                    .as("all that was shown is recorded")
                    .satisfiesAnyOf(
                            at -> assertThat(at).isEqualTo(-1),
                            at -> assertThat(at).isEqualTo(shown.length));
            assertThat(recorded.verify().status()).isZero();
        }
    }

    private static Recorded newestOf(Split split, String text) throws Exception {
        try (var admin = split.control().admin()) {
            return admin.sessions(Map.of("limit", "20")).items().stream()
                    .filter(session ->
                            session.command() != null && session.command().contains(text))
                    .findFirst()
                    .map(session -> new Recorded(split.control(), session.id()))
                    .orElseThrow();
        }
    }

    private static void mount(String... words) throws Exception {
        var ran = Run.of(Arrays.asList(words)).now();
        assertThat(ran.status()).as("%s", ran).isZero();
    }
}
