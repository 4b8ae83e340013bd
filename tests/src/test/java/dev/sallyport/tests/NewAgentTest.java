package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.agent.JoinLine;
import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.Run;
import dev.sallyport.tests.bed.Shared;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An agent that an admin has just made: from the line that `sally` shows to a session, beside a command.
@EndToEnd
class NewAgentTest {

    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final Pattern LINE = Pattern.compile("sallyport-agent install --start --join (\\S+)");

    private final Instance instance = Shared.instance();

    @TempDir
    private Path folder;

    private String sally(String... words) throws Exception {
        var ran = instance.sally(words).now();
        assertThat(ran.status()).as("%s", ran).isZero();
        return ran.out();
    }

    private boolean attached() throws Exception {
        return instance.admin().agent("embedded").instances() > 0;
    }

    @Test
    void oneLineMakesItAnAgentAndItServesItsConnectionAsLongAsTheCommandRuns() throws Exception {
        var shown = LINE.matcher(sally("admin", "agents", "create", "embedded"));
        assertThat(shown.find()).isTrue();
        var line = shown.group(1);
        var account = Files.isWritable(Path.of("/etc/shadow")) ? List.of("--run-as", "nobody") : List.<String>of();
        var create = new ArrayList<>(
                List.of("admin", "connections", "create", "beside", "--type", "custom", "--agent", "embedded"));
        create.addAll(account);
        create.addAll(List.of("--", "/bin/sh"));
        sally(create.toArray(String[]::new));
        sally("admin", "rules", "create", "beside", "--group", "engineers", "--connection", "beside");

        var state = folder.resolve("state");
        var agent = new ProcessBuilder(
                        Instance.ROOT.resolve("tools/agent").toString(),
                        "run",
                        "--connection",
                        "beside",
                        "--state",
                        state.toString(),
                        "--drain",
                        "5",
                        "--",
                        "/bin/sh",
                        "-c",
                        "read line; echo got $line; exit 4")
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        agent.environment().put(JoinLine.VARIABLE, line);
        var process = agent.start();
        try {
            await().atMost(LONGEST).until(() -> !process.isAlive() || attached());
            assertThat(process.isAlive())
                    .as(Files.readString(folder.resolve("err")))
                    .isTrue();
            assertThat(sally("admin", "agents", "show", "embedded")).contains("embedded");
            var ran =
                    instance.ssh("alice", "beside", "echo from the same place").now();
            assertThat(ran.out()).as("%s", ran).isEqualTo("from the same place\n");
            assertThat(ran.status()).isZero();

            var again = Run.of(List.of(
                            Instance.ROOT.resolve("tools/agent").toString(),
                            "register",
                            "--state",
                            folder.resolve("other").toString(),
                            "--join",
                            line))
                    .now();
            assertThat(again.status()).as("%s", again).isEqualTo(2);
            assertThat(again.err()).contains("does not take this join line");

            process.getOutputStream().write("the input\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            process.getOutputStream().close();
            assertThat(process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(4);
            assertThat(folder.resolve("out")).hasContent("got the input");
            assertThat(instance.ssh("alice", "beside", "true").now().status()).isNotZero();
        } finally {
            process.destroyForcibly().waitFor();
            sally("admin", "connections", "delete", "beside");
            await().atMost(LONGEST).until(() -> !attached());
            sally("admin", "agents", "delete", "embedded");
        }
    }
}
