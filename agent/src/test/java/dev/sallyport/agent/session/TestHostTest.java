package dev.sallyport.agent.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.agent.ssh.TestingSshd;
import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.connection.TestOrder;
import dev.sallyport.core.connection.TestStep;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.TestId;
import dev.sallyport.core.secret.SecretReference;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the agent says of a connection that is tested, with the machine's own sshd and programs.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
final class TestHostTest {

    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private TestingSshd sshd;
    private TestingAgent agent;

    @BeforeAll
    void start(@TempDir Path given) throws Exception {
        folder = given;
        sshd = TestingSshd.start(Files.createDirectory(folder.resolve("sshd")));
        agent = new TestingAgent(
                Files.createDirectory(folder.resolve("agent")),
                Map.of("PASSWORD", "hunter2", "MORE", "/opt/tools"),
                List.of(sshd.folder));
    }

    @AfterAll
    void stop() throws Exception {
        agent.close();
        sshd.close();
    }

    private List<TestStep> test(TargetSettings target) throws Exception {
        return agent.tests.test(agent.testOrder(target));
    }

    private static void passed(List<TestStep> steps, String... names) {
        assertThat(steps).extracting(TestStep::name).as("%s", steps).containsExactly(names);
        assertThat(steps).as("%s", steps).allMatch(TestStep::passed);
    }

    /// The last of the steps is this one, and the only one that failed.
    private static void failed(List<TestStep> steps, String name, String sentence) {
        assertThat(steps.subList(0, steps.size() - 1)).as("%s", steps).allMatch(TestStep::passed);
        var last = steps.getLast();
        assertThat(last.passed()).as("%s", steps).isFalse();
        assertThat(last.name()).as("%s", steps).isEqualTo(name);
        assertThat(last.sentence()).contains(sentence);
    }

    private TargetSettings.Ssh ssh(int port, String key, String hostKey) {
        return new TargetSettings.Ssh(
                "127.0.0.1",
                port,
                System.getProperty("user.name"),
                Optional.empty(),
                Optional.of(SecretReference.parse("file:" + sshd.folder.resolve(key))),
                List.of(hostKey),
                Optional.empty(),
                List.of());
    }

    @Test
    void anSshConnectionThatWorksPassesEachStepAndOpensNoChannel() throws Exception {
        var steps = test(ssh(sshd.port, "user", sshd.hostKey("ed25519")));
        passed(steps, "definition", "secrets", "known_host_keys", "address", "host_key", "login");
        assertThat(steps.get(4).sentence()).contains("ssh-ed25519 SHA256:");
        await().untilAsserted(() -> assertThat(Files.readString(sshd.folder.resolve("log")))
                .contains("Accepted publickey")
                .doesNotContain("Starting session"));
    }

    @Test
    void aHostKeyThatIsNotTheConnectionsIsToldAndNothingIsShownToIt() throws Exception {
        var log = sshd.folder.resolve("log");
        long before = Files.readAllLines(log).stream()
                .filter(line -> line.contains("Accepted"))
                .count();
        Files.deleteIfExists(folder.resolve("other"));
        var made = new ProcessBuilder(
                        "ssh-keygen",
                        "-q",
                        "-t",
                        "ed25519",
                        "-N",
                        "",
                        "-f",
                        folder.resolve("other").toString())
                .start();
        assertThat(made.waitFor()).isZero();
        var words = Files.readString(folder.resolve("other.pub")).split(" ", -1);
        var steps = test(ssh(sshd.port, "user", words[0] + " " + words[1]));
        failed(steps, "host_key", "not the one of this connection: SHA256:");
        assertThat(Files.readAllLines(log).stream().filter(line -> line.contains("Accepted")))
                .hasSize((int) before);
    }

    @Test
    void aTargetThatDoesNotLetTheAgentInIsTold() throws Exception {
        failed(test(ssh(sshd.port, "host_ed25519", sshd.hostKey("ed25519"))), "login", "did not let the agent log in");
    }

    @Test
    void aPortWhereNothingListensIsTold() throws Exception {
        int port = closed();
        failed(test(ssh(port, "user", sshd.hostKey("ed25519"))), "address", "refused the connection");
        failed(test(new TargetSettings.Tcp("127.0.0.1", port)), "address", "refused the connection");
        failed(test(new TargetSettings.Tcp("nowhere.invalid", port)), "address", "host name is not known");
    }

    @Test
    void aServiceThatIsNoSshdIsToldAndItsWordsAreNotRepeated() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            background(() -> {
                try (var socket = server.accept()) {
                    socket.getOutputStream()
                            .write("HTTP/1.0 400 \u001b[2Jgibberish\r\n\r\n".getBytes(StandardCharsets.UTF_8));
                }
                return 0;
            });
            var steps = test(ssh(server.getLocalPort(), "user", sshd.hostKey("ed25519")));
            failed(steps, "host_key", "it is no sshd");
            assertThat(steps.toString())
                    .doesNotContain("HTTP")
                    .doesNotContain("gibberish")
                    .doesNotContain("\u001b");
        }
    }

    @Test
    void aSecretThatIsNotThereIsToldBeforeAnythingIsDialled() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(1);
            var steps = test(ssh(server.getLocalPort(), "nowhere", sshd.hostKey("ed25519")));
            failed(steps, "secrets", "cannot be read by its agent");
            assertThat(steps.toString()).as("paths are not told").doesNotContain(sshd.folder.toString());
            org.assertj.core.api.Assertions.assertThatExceptionOfType(java.net.SocketTimeoutException.class)
                    .isThrownBy(server::accept);
        }
    }

    @Test
    void aTcpServiceIsDialledAndToldNothing() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var heard = new CompletableFuture<Integer>();
            background(() -> {
                try (var socket = server.accept()) {
                    heard.complete(socket.getInputStream().readAllBytes().length);
                }
                return 0;
            });
            passed(test(new TargetSettings.Tcp("127.0.0.1", server.getLocalPort())), "definition", "address");
            assertThat(heard.get(10, TimeUnit.SECONDS)).isZero();
        }
    }

    private TargetSettings.Custom custom(
            List<String> entrypoint, Optional<String> account, Map<String, String> environment, String directory) {
        var references = new TreeMap<String, SecretReference>();
        environment.forEach((name, reference) -> references.put(name, SecretReference.parse(reference)));
        return new TargetSettings.Custom(
                entrypoint,
                account,
                TargetSettings.CommandMode.NONE,
                false,
                references,
                new TreeMap<>(),
                Optional.of(directory));
    }

    private TargetSettings.Custom custom(String program) {
        return custom(List.of(program), agent.account(), Map.of(), "/");
    }

    @Test
    void aProgramIsFoundAsItsAccountFindsItAndIsNotRun() throws Exception {
        var tools = world(Files.createDirectory(folder.resolve("tools")), "rwxr-xr-x");
        world(folder, "rwxr-xr-x");
        var mark = folder.resolve("mark");
        var program = tools.resolve("tool");
        Files.writeString(program, "#!/bin/sh\ntouch " + mark + "\n");
        world(program, "rwxr-xr-x");

        passed(test(custom(program.toString())), "definition", "account", "secrets", "program");
        passed(test(custom("bash")), "definition", "account", "secrets", "program");
        passed(
                test(custom(
                        List.of("tool", "$(touch " + mark + ")"),
                        agent.account(),
                        Map.of("PATH", "text:" + tools),
                        "/")),
                "definition",
                "account",
                "secrets",
                "program");
        passed(
                test(custom(List.of("./tool"), agent.account(), Map.of(), tools.toString())),
                "definition",
                "account",
                "secrets",
                "program");
        // what a shell has built in is still a program that is looked for
        failed(
                test(custom(List.of("cd"), agent.account(), Map.of("PATH", "text:" + tools), "/")),
                "program",
                "not on the agent's machine");
        failed(test(custom("tool")), "program", "not on the agent's machine");
        failed(test(custom(tools.toString())), "program", "not on the agent's machine");
        failed(test(custom("tool; touch " + mark)), "program", "not on the agent's machine");
        world(program, "rw-r--r--");
        failed(test(custom(program.toString())), "program", "its account may not run it");
        assertThat(mark).doesNotExist();
    }

    @Test
    void aFolderThatIsNotForTheAccountIsTold() throws Exception {
        failed(
                test(custom(List.of("sh"), agent.account(), Map.of(), "/nowhere")),
                "program",
                "working directory is not there");
        if (agent.programs.changesAccount()) {
            var own = world(Files.createDirectory(folder.resolve("private")), "rwx------");
            var program = Files.copy(Path.of("/bin/true"), own.resolve("tool"));
            failed(
                    test(custom(List.of("sh"), agent.account(), Map.of(), own.toString())),
                    "program",
                    "not for its account");
            failed(test(custom(program.toString())), "program", "its account may not run it");
        }
    }

    @Test
    void anAccountThatIsNotThereOrNotToBeUsedIsTold() throws Exception {
        failed(
                test(custom(List.of("sh"), Optional.of("nobody-of-that-name"), Map.of(), "/")),
                "account",
                agent.programs.changesAccount() ? "is not on the agent's machine" : "which its agent cannot take on");
        if (agent.programs.changesAccount()) {
            failed(test(custom(List.of("sh"), Optional.of("root"), Map.of(), "/")), "account", "runs as root");
        }
    }

    @Test
    void secretsAreResolvedAndNotTold() throws Exception {
        var steps = test(custom(List.of("sh"), agent.account(), Map.of("A", "env:PASSWORD", "B", "env:MORE"), "/"));
        passed(steps, "definition", "account", "secrets", "program");
        assertThat(steps.toString())
                .contains("the 2 that")
                .doesNotContain("hunter2")
                .doesNotContain("/opt");
        failed(
                test(custom(List.of("sh"), agent.account(), Map.of("A", "env:NOWHERE"), "/")),
                "secrets",
                "is not set on its agent");
    }

    private static Path world(Path path, String permissions) throws Exception {
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    @Test
    void whatTheTenantDidNotSignOrIsNotForThisAgentIsRefusedBeforeAnythingIsDone() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(1);
            var target = new TargetSettings.Tcp("127.0.0.1", server.getLocalPort());
            var good = agent.testOrder(target);
            var definition = agent.definition(target);
            Function<SignedDefinition, TestOrder> with = signed -> new TestOrder(good.test(), agent.tenant, signed);

            failed(
                    agent.tests.test(with.apply(SignedDefinition.sign(definition, TestingAgent.signer()))),
                    "definition",
                    "not signed by the tenant's key");
            failed(
                    agent.tests.test(with.apply(SignedDefinition.sign(
                            agent.definition(target, dev.sallyport.core.id.AgentId.next(agent.clock), 1),
                            agent.signer))),
                    "definition",
                    "names another agent");
            failed(
                    agent.tests.test(new TestOrder(good.test(), TenantId.next(agent.clock), good.definition())),
                    "definition",
                    "for another tenant");
            var none = new dev.sallyport.agent.secrets.Secrets(Map.of(), List.of(), Optional.empty());
            var narrow = new TestHost(
                    agent.token,
                    Optional.empty(),
                    new SeenVersions(Files.createDirectory(folder.resolve("narrow"))),
                    new TargetsByType(
                            Set.of("ssh"),
                            Optional.empty(),
                            new dev.sallyport.agent.ssh.SshTargets(none),
                            new dev.sallyport.agent.database.DatabaseTargets(
                                    none,
                                    new dev.sallyport.agent.database.Inspections(
                                            dev.sallyport.core.secret.Secret.of(new byte[32])),
                                    agent.token.tenantKey(),
                                    agent.clock)),
                    agent.clock);
            failed(narrow.test(good), "definition", "its agent's operator did not allow");
            org.assertj.core.api.Assertions.assertThatExceptionOfType(java.net.SocketTimeoutException.class)
                    .as("nobody was dialled")
                    .isThrownBy(server::accept);
        }
    }

    @Test
    void aTestHasABoundInTimeAndSoHasTheirNumber() throws Exception {
        // takes connections, and never says a word
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var longest = Duration.ofSeconds(3);
            var tests = new TestHost(
                    agent.token,
                    Optional.empty(),
                    new SeenVersions(Files.createDirectory(folder.resolve("bounded"))),
                    agent.targets,
                    agent.clock,
                    longest,
                    System::nanoTime);
            var answers = new ArrayList<CompletableFuture<List<TestStep>>>();
            for (int i = 0; i < TestHost.MOST; i++) {
                var answer = new CompletableFuture<List<TestStep>>();
                answers.add(answer);
                var order = agent.testOrder(ssh(silent.getLocalPort(), "user", sshd.hostKey("ed25519")));
                background(() -> {
                    answer.complete(tests.test(order));
                    return 0;
                });
            }
            var one = new TestOrder(
                    TestId.next(agent.clock),
                    agent.tenant,
                    SignedDefinition.sign(
                            agent.definition(new TargetSettings.Tcp("127.0.0.1", sshd.port)), agent.signer));
            await().untilAsserted(() -> failed(tests.test(one), "agent", "please try again"));
            for (var answer : answers) {
                failed(answer.get(30, TimeUnit.SECONDS), "host_key", "3 seconds were over");
            }
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> passed(tests.test(one), "definition", "address"));
        }
    }

    /// Does something besides; what fails there fails in what waits for it.
    private static void background(Callable<Integer> work) {
        Thread.ofVirtual().start(() -> {
            try {
                work.call();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static int closed() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
