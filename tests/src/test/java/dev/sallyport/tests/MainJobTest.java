package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.Recorded;
import dev.sallyport.tests.bed.Shared;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The main job, with the real `ssh`: a terminal, a command, a pipe, a refusal, and what the recording says of each.
@EndToEnd
class MainJobTest {

    private static final String ALICE = "alice@example.com";

    private final Instance instance = Shared.instance();

    @Test
    void aCommandKeepsStdoutStderrAndExitStatusApart() throws Exception {
        var ran =
                instance.ssh("alice", "bash", "echo out; echo err >&2; exit 7").now();
        assertThat(ran.status()).as("%s", ran).isEqualTo(7);
        assertThat(ran.out()).isEqualTo("out\n");
        assertThat(ran.err()).isEqualTo("err\n");
        var recorded = Recorded.newest(instance, ALICE);
        assertThat(recorded.output()).isEqualTo(ran.outBytes());
        assertThat(recorded.show()).contains("echo out; echo err >&2; exit 7");
    }

    @Test
    void aTerminalRunsAnInteractiveShell() throws Exception {
        var ran = instance.sshWith(List.of("-tt"), "alice", "bash")
                .input("tty\necho $((6*7)) $TERM\nexit 3\n")
                .now();
        assertThat(ran.status()).as("%s", ran).isEqualTo(3);
        assertThat(ran.out()).contains("/dev/pts/").contains("42 ");
        assertThat(Recorded.newest(instance, ALICE).output()).isEqualTo(ran.outBytes());
    }

    @Test
    void aPipeOfAHundredMegabytesComesBackWhole() throws Exception {
        var bytes = new byte[100 << 20];
        new Random(1).nextBytes(bytes);
        var ran = instance.ssh("alice", "bash", "cat").input(bytes).now();
        assertThat(ran.status()).as("%s", ran.err()).isZero();
        assertThat(ran.outBytes()).isEqualTo(bytes);
    }

    @Test
    void whoHasNoRuleIsRefusedWithASentenceAndItsExitCode() throws Exception {
        var ran = instance.ssh("bob", "bash", "true").now();
        assertThat(ran.status()).as("%s", ran).isEqualTo(253);
        assertThat(ran.err()).startsWith("sally: ");
        var absent = instance.ssh("bob", "nosuch", "true").now();
        assertThat(absent.status()).isEqualTo(253);
        assertThat(absent.err().replace("nosuch", "bash"))
                .as("not there and not yours")
                .isEqualTo(ran.err());
    }

    @Test
    void aRecordingVerifies() throws Exception {
        instance.ssh("alice", "bash", "echo verified").now();
        var recorded = Recorded.newest(instance, ALICE);
        recorded.awaitState("complete");
        var verified = recorded.verify();
        assertThat(verified.status()).as("%s", verified).isZero();
    }

    @Test
    void commandsRunWithACleanEnvironmentAsTheDemoAccount() throws Exception {
        var ran = instance.ssh("alice", "bash", "env; id -un").now();
        assertThat(ran.status()).as("%s", ran).isZero();
        assertThat(ran.out())
                .contains("SALLYPORT_USER_EMAIL=" + ALICE)
                .contains("SALLYPORT_CONNECTION=bash")
                .contains("SALLYPORT_SESSION_ID=ses_")
                .doesNotContain("SALLYPORT_KEY")
                .doesNotContain("JAVA_HOME");
        if (System.getProperty("user.name").equals("root")) {
            assertThat(ran.out()).endsWith("sallyport-demo\n");
        }
    }
}
