package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.NotCompared;
import dev.sallyport.tests.bed.Shared;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What becomes of a command, of stdin, and of what an engineer asks for that is not there.
@EndToEnd
class CommandTest {

    private final Instance instance = Shared.instance();

    @Test
    void theCommandIsOneArgumentByteForByte() throws Exception {
        var ran = instance.ssh("alice", "bash", "  printf '%s|' \"a  b\" 'c\"d'  $((1+1)) é")
                .now();
        assertThat(ran.out()).as("%s", ran).isEqualTo("a  b|c\"d|2|é|");
    }

    @Test
    void anInterpreterTakesItsProgramFromTheCommandOrFromStdin() throws Exception {
        assertThat(instance.ssh("alice", "python", "print(6*7)").now().out()).isEqualTo("42\n");
        assertThat(instance.ssh("alice", "python").input("print(6*7)\n").now().out())
                .isEqualTo("42\n");
        assertThat(instance.ssh("alice", "bash")
                        .input("echo from stdin; exit 5\n")
                        .now()
                        .status())
                .isEqualTo(5);
    }

    @Test
    void aScriptRunsAsItIsAndTakesNoCommand() throws Exception {
        var ran = instance.ssh("alice", "report").now();
        assertThat(ran.status()).as("%s", ran).isZero();
        assertThat(ran.out()).startsWith("report for alice@example.com\n");
        var refused = instance.ssh("alice", "report", "rm -rf /").now();
        assertThat(refused.status()).as("%s", refused).isEqualTo(253);
        assertThat(refused.err()).startsWith("sally: ");
    }

    @Test
    void aCommandTypedAtATerminalReturnsThoughNothingIsOnStdin() throws Exception {
        var ran = instance.ssh("alice", "bash", "ls /").keepInputOpen().now();
        assertThat(ran.status()).as("%s", ran).isZero();
        assertThat(ran.out()).contains("etc\n");
    }

    @Test
    void outputStreamsWhileTheCommandRuns() throws Exception {
        var begin = Instant.now();
        try (var client = instance.open("alice", "bash", "echo first; sleep 60")) {
            client.awaitOut("first\n");
            assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(50));
        }
    }

    @Test
    void theExitStatusOfASignalIsTheShellsWay() throws Exception {
        assertThat(instance.ssh("alice", "bash", "kill -KILL $$").now().status())
                .isEqualTo(255);
    }

    @Test
    void withoutAConnectionTheListIsShownAndNothingRuns() throws Exception {
        var ran = instance.ssh("alice").now();
        assertThat(ran.status()).as("%s", ran).isEqualTo(253);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains("bash").contains("python").contains("demo-host");
    }

    @Test
    @NotCompared("the list is shown before there is a session, and stands in no recording")
    void withATerminalAConnectionIsPickedFromTheList() throws Exception {
        var ran = instance.sshWith(List.of("-tt"), "alice")
                .input("bash\necho picked $((40+2)); exit\n")
                .now();
        assertThat(ran.status()).as("%s", ran).isZero();
        assertThat(ran.out()).contains("picked 42");
    }

    @Test
    void theLoginNameMayNameTheConnection() throws Exception {
        assertThat(instance.ssh("alice+bash", "echo $SALLYPORT_CONNECTION")
                        .now()
                        .out())
                .isEqualTo("bash\n");
    }

    @Test
    void aNameThatInjectsIsNotThere() throws Exception {
        for (var name : List.of("$(id)", "ba`id`sh", "-oProxyCommand=id", "bash;id", "BASH", "b\u001b[31m")) {
            var ran = instance.ssh("alice", "--", name).now();
            assertThat(ran.status()).as("%s: %s", name, ran).isEqualTo(253);
            assertThat(ran.out()).isEmpty();
            assertThat(ran.err()).doesNotContain("\u001b").doesNotContain("uid=");
        }
    }

    @Test
    void sftpToAProgramIsRefusedWithTheReason() throws Exception {
        var ran = dev.sallyport.tests.bed.Run.of(List.of(
                        "sftp",
                        "-q",
                        "-F",
                        instance.folder().resolve("ssh_config").toString(),
                        "alice+bash"))
                .asClientOf(instance)
                .now();
        assertThat(ran.status()).as("%s", ran).isNotZero();
        assertThat(ran.err()).contains("sally: ");
    }

    @Test
    void whatIsNotOfferedIsRefusedAndSaid() throws Exception {
        var remote = instance.sshWith(
                        List.of("-o", "ExitOnForwardFailure=yes", "-R", "0:localhost:1"), "alice", "bash", "true")
                .now();
        assertThat(remote.status()).as("%s", remote).isEqualTo(255);
        var agent = instance.sshWith(List.of("-A", "-tt"), "alice", "bash", "echo \"agent=$SSH_AUTH_SOCK\"")
                .now();
        assertThat(agent.out()).contains("agent=\r\n");
    }
}
