package dev.sallyport.agent.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.hash.Sha256;
import dev.sallyport.core.link.LinkLost;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.session.SessionRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `custom` connections do, with real programs.
final class CustomSessionTest {

    @TempDir
    Path state;

    private TestingAgent agent;

    /// Each run has sleeps of its own length, so that it sees none of another run's.
    private static String own(String text) {
        return text.replace("@", Long.toString(ProcessHandle.current().pid()));
    }

    @BeforeEach
    void start() throws Exception {
        agent = new TestingAgent(state);
    }

    @AfterEach
    void nothingIsLeft() {
        agent.close();
    }

    @Test
    void aCommandRunsAndItsStreamsStayApart() throws Exception {
        var session =
                agent.start(agent.order(agent.custom("bash"), TestingAgent.command("echo out; echo err >&2; exit 7")));
        var exit = session.link().await(Message.Exit.class);
        assertThat(exit.status()).contains(7);
        assertThat(session.link().shown()).isEqualTo("out\n");
        assertThat(session.link().errors()).isEqualTo("err\n");
        assertThat(session.link().messages().getFirst()).isInstanceOf(Message.Opened.class);
        assertThat(session.link().messages().getLast()).isEqualTo(exit);
        session.thread().join();
    }

    @Test
    void aSignalsNameIsTold() throws Exception {
        var session = agent.start(agent.order(agent.custom("bash"), TestingAgent.command("kill -TERM $$")));
        assertThat(session.link().await(Message.Exit.class).signal()).contains("TERM");
    }

    @Test
    void everyByteOfAnArgumentArrives() throws Exception {
        var command = new byte[6 + 255 + 13];
        System.arraycopy("echo '".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, command, 0, 6);
        int at = 6;
        var expected = new java.io.ByteArrayOutputStream();
        for (int b = 1; b < 256; b++) {
            if (b != '\'') {
                command[at++] = (byte) b;
                expected.write(b);
            }
        }
        command[at++] = '\'';
        expected.write('\n');
        var exact = java.util.Arrays.copyOf(command, at);
        var session = agent.start(agent.order(agent.custom("bash"), new SessionRequest.Exec(exact, Optional.empty())));
        session.link().await(Message.Exit.class);
        assertThat(session.link().output()).isEqualTo(expected.toByteArray());
    }

    @Test
    void aCommandOnStdinIsTheFirstLineAndThenItEnds() throws Exception {
        var session = agent.start(agent.order(
                agent.custom(TargetSettings.CommandMode.STDIN, false, "cat"), TestingAgent.command("ls $(id); -x")));
        assertThat(session.link().await(Message.Exit.class).status()).contains(0);
        assertThat(session.link().shown()).isEqualTo("ls $(id); -x\n");
    }

    @Test
    void whatFollowsTheCommandOnStdinIsTheUsers() throws Exception {
        var session = agent.start(agent.order(
                agent.custom(TargetSettings.CommandMode.STDIN, true, "cat"), TestingAgent.command("first")));
        session.link().type("second\n");
        session.link().endInput();
        assertThat(session.link().await(Message.Exit.class).status()).contains(0);
        assertThat(session.link().shown()).isEqualTo("first\nsecond\n");
    }

    @Test
    void aCommandOnStdinWithATerminalEndsItToo() throws Exception {
        var session = agent.start(agent.order(
                agent.custom(TargetSettings.CommandMode.STDIN, false, "cat"),
                TestingAgent.commandWithTerminal("hello")));
        assertThat(session.link().await(Message.Exit.class).status()).contains(0);
        assertThat(session.link().shown()).isEqualTo("hello\r\nhello\r\n");
    }

    @Test
    void aConnectionThatTakesNoCommandSaysSo() throws Exception {
        var session = agent.start(
                agent.order(agent.custom(TargetSettings.CommandMode.NONE, false, "cat"), TestingAgent.command("x")));
        var failed = session.link().await(Message.Failed.class);
        assertThat(failed.kind()).isEqualTo(Message.Failed.Reason.REFUSED);
        assertThat(failed.reason()).contains("takes no command");
    }

    @Test
    void aProgramThatIsNotThereIsNamedAsSuch() throws Exception {
        var session =
                agent.start(agent.order(agent.custom("/no/such/program"), new SessionRequest.Shell(Optional.empty())));
        var failed = session.link().await(Message.Failed.class);
        assertThat(failed.kind()).isEqualTo(Message.Failed.Reason.TARGET);
        assertThat(failed.reason()).contains("program is not on the agent's machine");
    }

    @Test
    void aHundredMegabytesGoThroughAProgramUnharmed() throws Exception {
        var session = agent.start(
                agent.order(agent.custom("bash"), TestingAgent.command("sha256sum; head -c 100M /dev/zero")),
                new TestingLink());
        session.link().await(Message.Opened.class);
        var bytes = new byte[1 << 20];
        var random = new Random(7);
        var digest = java.security.MessageDigest.getInstance("SHA-256");
        for (int i = 0; i < 100; i++) {
            random.nextBytes(bytes);
            digest.update(bytes);
            session.link().type(bytes);
        }
        session.link().endInput();
        session.link().await(Message.Data.class);
        var hash = java.util.HexFormat.of().formatHex(digest.digest());
        session.link().await(Message.Exit.class);
        assertThat(new String(session.link().output(), 0, 64, java.nio.charset.StandardCharsets.US_ASCII))
                .isEqualTo(hash);
        assertThat(session.link().outputBytes()).isEqualTo(68 + (100L << 20));
    }

    @Test
    void aHundredMegabytesGoThroughATerminalUnharmed() throws Exception {
        var session = agent.start(
                agent.order(
                        agent.custom("bash"),
                        TestingAgent.commandWithTerminal(
                                "stty raw -echo; echo ready; head -c 100M | wc -c; head -c 100M /dev/zero")),
                new TestingLink());
        session.link().awaitShown("ready");
        var bytes = new byte[1 << 20];
        new Random(8).nextBytes(bytes);
        for (int i = 0; i < 100; i++) {
            session.link().type(bytes);
        }
        session.link().await(Message.Exit.class);
        assertThat(session.link().shown().substring(0, 40)).contains("104857600");
        assertThat(session.link().outputBytes()).isGreaterThanOrEqualTo(100L << 20);
    }

    @Test
    void aUserWhoDoesNotReadHoldsTheProgramUpAndNotTheAgent() throws Exception {
        var link = new TestingLink();
        link.reading(false);
        var session = agent.start(agent.order(agent.custom("bash"), TestingAgent.command("yes | head -c 50M")), link);
        await().until(() -> link.outputBytes() > (1 << 20) - 65_536);
        await().during(Duration.ofMillis(300)).until(() -> link.outputBytes() <= 1 << 20);
        link.reading(true);
        session.link().await(Message.Exit.class);
        assertThat(link.outputBytes()).isEqualTo(50L << 20);
    }

    @Test
    void aTargetThatDoesNotReadStillHearsASignal() throws Exception {
        var session = agent.start(agent.order(
                agent.custom("bash"),
                TestingAgent.command("trap 'echo heard; exit 3' USR1; echo ready; while :; do sleep 0.05; done")));
        session.link().awaitShown("ready");
        session.link().type(new byte[1 << 20]);
        session.link().say(new Message.Signal("USR1"));
        assertThat(session.link().await(Message.Exit.class).status()).contains(3);
        assertThat(session.link().shown()).contains("heard");
    }

    @Test
    void aTerminalHasItsSizeAndLearnsOfAnother() throws Exception {
        var session = agent.start(agent.order(
                agent.custom("bash"),
                TestingAgent.commandWithTerminal(
                        "trap 'stty size; exit' WINCH; stty size; tty; while :; do sleep 0.05; done")));
        session.link().awaitShown("24 80");
        session.link().awaitShown("/dev/pts/");
        session.link().say(new Message.Resize(120, 40, 0, 0));
        session.link().awaitShown("40 120");
        session.link().await(Message.Exit.class);
    }

    @Test
    void controlCReachesWhatRunsInTheForeground() throws Exception {
        var session = agent.start(
                agent.order(agent.custom("bash"), new SessionRequest.Shell(Optional.of(TestingAgent.terminal()))));
        session.link().type(own("PS1='$ '; sleep 10@\n"));
        session.link().awaitShown(own("sleep 10@"));
        await().until(() -> agentRuns(own("sleep 10@")));
        session.link().type("\u0003");
        session.link().type("echo status=$?\nexit\n");
        session.link().awaitShown("status=130");
        session.link().await(Message.Exit.class);
    }

    @Test
    void aHiddenPasswordIsAnnouncedAndALineEditorIsNot() throws Exception {
        var session = agent.start(
                agent.order(agent.custom("bash"), new SessionRequest.Shell(Optional.of(TestingAgent.terminal()))));
        session.link().type("PS1='$ '; read -s -p 'Pass''word:' x; echo; echo \"got=$x\"\n");
        session.link().awaitShown("Password:");
        session.link().await(Message.Echo.class, echo -> !echo.on());
        session.link().type("secret\n");
        session.link().awaitShown("got=secret");
        session.link().await(Message.Echo.class, Message.Echo::on);
        session.link().type("exit\n");
        session.link().await(Message.Exit.class);
        assertThat(session.link().messages().stream().filter(Message.Echo.class::isInstance))
                .hasSize(2);
    }

    /// The first pieces go to the pipe at once; then it is full, and what follows must stay behind them.
    @Test
    void inputThatTheProgramReadsLateStaysInOrder() throws Exception {
        var session = agent.start(agent.order(
                agent.custom("bash"),
                TestingAgent.command("trap : USR1; echo ready; sleep 1000 </dev/null & wait; kill %1; sha256sum")));
        session.link().awaitShown("ready");
        var input = new byte[300_000];
        new Random(7).nextBytes(input);
        for (int from = 0; from < input.length; from += 777) {
            session.link().type(Arrays.copyOfRange(input, from, Math.min(from + 777, input.length)));
        }
        session.link().endInput();
        await().until(() -> session.link().inputUnderWay() < input.length);
        assertThat(session.link().inputUnderWay()).isPositive();
        session.link().say(new Message.Signal("USR1"));
        session.link().await(Message.Exit.class);
        assertThat(session.link().shown()).contains(Sha256.of(input).toString());
    }

    @Test
    void theEndOfInputEndsAShellInATerminal() throws Exception {
        var session = agent.start(
                agent.order(agent.custom("bash"), new SessionRequest.Shell(Optional.of(TestingAgent.terminal()))));
        session.link().type("echo one\ncat\nbash\n");
        session.link().endInput();
        assertThat(session.link().await(Message.Exit.class).status()).contains(0);
    }

    @Test
    void theEnvironmentIsBuiltFromNothing() throws Exception {
        var order = agent.order(
                agent.definition(agent.custom("/usr/bin/env")),
                new SessionRequest.Shell(Optional.empty()),
                Map.of(
                        "LD_PRELOAD", "/tmp/evil.so",
                        "BASH_ENV", "/tmp/evil",
                        "LC_ALL", "../../tmp/evil",
                        "LC_TIME", "de_DE.UTF-8",
                        "FOO", "it's\nfine",
                        "BAR", "not listed"),
                agent.clock.instant().plusSeconds(60));
        var session = agent.start(order);
        session.link().await(Message.Exit.class);
        assertThat(session.link().shown())
                .contains("SALLYPORT_SESSION_ID=" + order.session() + "\n")
                .contains("SALLYPORT_USER_EMAIL=alice@example.com\n")
                .contains("SALLYPORT_CONNECTION=bash\n")
                .contains("LC_TIME=de_DE.UTF-8\n")
                .contains("FOO=it's\nfine\n")
                .doesNotContain("LD_PRELOAD")
                .doesNotContain("BASH_ENV")
                .doesNotContain("LC_ALL")
                .doesNotContain("BAR")
                .doesNotContain("JAVA_HOME")
                .doesNotContain("PWD");
    }

    @Test
    void theProgramHasItsAccountNoPrivilegesAndThreeDescriptors() throws Exception {
        var session = agent.start(agent.order(
                agent.custom("bash"),
                TestingAgent.command(
                        "id -un; ls /proc/self/fd | tr '\\n' ' '; grep -E 'NoNewPrivs|CapBnd|CapEff|SigBlk' /proc/self/status;"
                                + " cat /proc/" + ProcessHandle.current().pid() + "/environ | wc -c; ls /proc/"
                                + ProcessHandle.current().pid() + "/fd")));
        session.link().await(Message.Exit.class);
        assertThat(session.link().shown())
                .startsWith(agent.account().orElseGet(() -> System.getProperty("user.name")) + "\n0 1 2 3 ")
                .contains("NoNewPrivs:\t1")
                .contains("CapEff:\t0000000000000000")
                .contains("SigBlk:\t0000000000000000")
                .endsWith("\n0\n");
        assertThat(session.link().errors()).contains("ermission denied");
    }

    @Test
    void everyDescendantIsGoneAtTheEnd() throws Exception {
        // without root, one that hides its environment gets away, and the agent says so at start
        var environment = agent.programs.changesAccount() ? "{}" : "os.environ";
        var session = agent.start(agent.order(
                agent.custom("bash"),
                TestingAgent.command(own("sleep 42@ & setsid sleep 42@ & nohup sleep 42@ >/dev/null 2>&1 &")
                        + own(" (setsid bash -c '(trap \"\" TERM HUP INT; sleep 42@) & disown; exit' &) ;")
                        + " python3 -c 'import os,time\n"
                        + own(
                                "if os.fork()==0:\n os.setsid()\n if os.fork()==0:\n  os.execve(\"/bin/sleep\",[\"sleep\",\"42@\"],")
                        + environment + ")\n os._exit(0)\n'"
                        + own("; sleep 0.3; pgrep -fc 'sleep [4]2@'"))));
        session.link().await(Message.Exit.class);
        assertThat(Integer.parseInt(session.link().shown().strip())).isGreaterThanOrEqualTo(5);
        assertThat(agentRuns(own("sleep 42@"))).isFalse();
    }

    @Test
    void aLostLinkEndsWhatIgnoresBeingAsked() throws Exception {
        var session = agent.start(agent.order(
                agent.custom("bash"),
                TestingAgent.command(
                        own("trap '' HUP TERM INT; echo ready; (trap '' HUP TERM; sleep 43@) & sleep 43@"))));
        session.link().awaitShown("ready");
        session.link().lose(LinkLost.Why.NOT_RESUMED);
        session.thread().join();
        assertThat(agentRuns(own("sleep 43@"))).isFalse();
    }

    @Test
    void aCloseEndsTheSessionWithinASecond() throws Exception {
        var session = agent.start(agent.order(agent.custom("bash"), TestingAgent.command("echo ready; sleep 4444")));
        session.link().awaitShown("ready");
        session.link().say(new Message.Close("revoked"));
        long start = System.nanoTime();
        assertThat(session.link().await(Message.Exit.class).signal()).isPresent();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void aDeadlineEndsTheSessionWithoutTheEdge() throws Exception {
        var session = agent.start(agent.order(
                agent.definition(agent.custom("bash")),
                TestingAgent.command("sleep 4545"),
                Map.of(),
                agent.clock.instant().plusMillis(500)));
        assertThat(session.link().await(Message.Exit.class).signal()).isPresent();
    }

    @Test
    void aSecretFileIsThereForTheAccountAndGoneAtTheEnd() throws Exception {
        var files = new java.util.TreeMap<String, dev.sallyport.core.secret.SecretReference>();
        files.put("PASSFILE", dev.sallyport.core.secret.SecretReference.parse("text:geheim"));
        var custom = agent.custom("bash");
        var withFile = new TargetSettings.Custom(
                custom.entrypoint(),
                custom.runAs(),
                custom.command(),
                false,
                custom.environment(),
                files,
                Optional.of("/"));
        var session = agent.start(agent.order(
                withFile,
                TestingAgent.command("echo $PASSFILE; cat $PASSFILE; echo; touch $(dirname $PASSFILE)/x || echo no")));
        session.link().await(Message.Exit.class);
        session.thread().join();
        var lines = session.link().shown().split("\n", -1);
        assertThat(lines[1]).isEqualTo("geheim");
        assertThat(Path.of(lines[0])).doesNotExist();
    }

    static boolean agentRuns(String commandLine) {
        try (var folders = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (var folder : folders) {
                try {
                    var words = Files.readString(folder.resolve("cmdline"))
                            .replace('\0', ' ')
                            .strip();
                    if (words.equals(commandLine)) {
                        return true;
                    }
                } catch (IOException e) {
                    // gone
                }
            }
            return false;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
