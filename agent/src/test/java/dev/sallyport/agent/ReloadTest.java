package dev.sallyport.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReloadTest {

    @TempDir
    Path folder;

    private Path config = Path.of("/");
    private Optional<RunningAgent> started = Optional.empty();

    @BeforeEach
    void anAgentWithAFile() throws Exception {
        config = Files.writeString(folder.resolve("config"), "secrets = /a\ntails = 16\n");
        var agent = RunningAgent.start(folder, List.of("--log", "text", "--config", config.toString()));
        started = Optional.of(agent);
        agent.awaitSaid("agent testing opens");
        agent.awaitSaid("secrets from [/a]");
    }

    @AfterEach
    void itStops() throws InterruptedException {
        if (started.isPresent()) {
            started.get().stop();
        }
    }

    private void hangUp(String settings) throws IOException, InterruptedException {
        Files.writeString(config, settings);
        var kill = new ProcessBuilder(
                        "kill",
                        "-HUP",
                        Long.toString(started.orElseThrow().process().pid()))
                .start();
        assertThat(kill.waitFor()).isZero();
    }

    @Test
    void whatCanBeReadAgainCountsAndTheRestIsNamed() throws Exception {
        var agent = started.orElseThrow();
        hangUp("secrets = /b\nrun-as = app\nedge = edge-b.example:8010\ntails = 17\nlog = json\n");
        agent.awaitSaid("INFO dev.sallyport.agent.Reload: settings were read again: secrets from [/b], programs as"
                + " [app], further edges [edge-b.example:8010], drain 0 s");
        agent.awaitSaid("WARNING dev.sallyport.agent.Reload: these settings have changed, and count after a restart:"
                + " tails\n");
        assertThat(agent.process().isAlive()).isTrue();
    }

    @Test
    void aFileThatIsWrongChangesNothing() throws Exception {
        var agent = started.orElseThrow();
        hangUp("secrets = /b\nsecretz = /c\n");
        agent.awaitSaid("SEVERE dev.sallyport.agent.Reload: the settings stay as they are: " + config
                + ", line 2: there is no setting secretz\n");
        hangUp("secrets = /d\ntails = 16\n");
        agent.awaitSaid("settings were read again: secrets from [/d]");
        assertThat(agent.out()).content().doesNotContain("/b]").doesNotContain("after a restart");
    }
}
