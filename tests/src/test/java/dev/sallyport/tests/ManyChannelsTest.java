package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.Ran;
import dev.sallyport.tests.bed.Shared;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One SSH connection, many sessions: `ControlMaster` with several connections at once.
@EndToEnd
class ManyChannelsTest {

    private final Instance instance = Shared.instance();

    @TempDir
    Path folder = Path.of("");

    @Test
    void oneConnectionServesSeveralConnectionsAtOnce() throws Exception {
        var control = List.of("-o", "ControlPath=" + folder.resolve("control"));
        var master = new ArrayList<>(control);
        master.addAll(List.of("-M", "-N", "-f"));
        assertThat(instance.sshWith(master, "alice").now().status()).isZero();
        try {
            var sessions = new ArrayList<CompletableFuture<Ran>>();
            for (int i = 0; i < 6; i++) {
                var command = i % 2 == 0
                        ? new String[] {"bash", "sleep 1; echo shell " + i}
                        : new String[] {"python", "print('python', " + i + ")"};
                sessions.add(CompletableFuture.supplyAsync(() -> run(control, command)));
            }
            for (int i = 0; i < 6; i++) {
                var ran = sessions.get(i).join();
                assertThat(ran.out()).as("%s", ran).isEqualTo((i % 2 == 0 ? "shell " : "python ") + i + "\n");
            }
        } finally {
            var exit = new ArrayList<>(control);
            exit.addAll(List.of("-O", "exit"));
            instance.sshWith(exit, "alice").now();
        }
    }

    private Ran run(List<String> options, String... command) {
        try {
            return instance.sshWith(options, "alice", command).now();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
