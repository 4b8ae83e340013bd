package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.standalone.ports.FreePorts;
import dev.sallyport.tests.bed.AfterEachCase;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.NewConnections;
import dev.sallyport.tests.bed.NotCompared;
import dev.sallyport.tests.bed.NumberedLines;
import dev.sallyport.tests.bed.OnItsOwn;
import dev.sallyport.tests.bed.Processes;
import dev.sallyport.tests.bed.Recorded;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Targets that stall, flood, or close one half, in both directions: who sends waits, so that what a session
/// holds is bounded, others are not held up, and nothing is lost or left.
@Tag("fault")
@ExtendWith(AfterEachCase.class)
@Execution(ExecutionMode.CONCURRENT)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TargetFaultTest implements OnItsOwn {

    private static final Duration WIDE = Duration.ofSeconds(90);

    /// More than all buffers between a client and its target hold together, sockets' included.
    private static final long HELD_AT_MOST = 48 << 20;

    /// How long a side must stand still to count as waiting.
    private static final Duration STILL = Duration.ofSeconds(2);

    private static final byte[] BLOCK = block();

    private final Instance instance;

    TargetFaultTest() throws Exception {
        instance = Instance.start();
        instance.keep();
    }

    @Override
    public Instance instance() {
        return instance;
    }

    @AfterAll
    void stop() {
        instance.close();
    }

    /// A service whose one connection is the test's to use.
    private static final class Service implements AutoCloseable {

        private final ServerSocket server;

        Service() throws IOException {
            server = new ServerSocket();
            // small, so that what the system holds does not hide what we hold
            server.setReceiveBufferSize(64 << 10);
            server.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        }

        int port() {
            return server.getLocalPort();
        }

        Socket accepted() throws IOException {
            server.setSoTimeout((int) WIDE.toMillis());
            return server.accept();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    private interface Work {
        void with(Socket client, Socket target) throws Exception;
    }

    private void forwarded(Work work) throws Exception {
        try (var service = new Service()) {
            var name = NewConnections.tcp(instance, service.port());
            int local = FreePorts.next();
            var ssh = new ProcessBuilder(List.of(
                            "ssh",
                            "-F",
                            instance.folder().resolve("ssh_config").toString(),
                            "-N",
                            "-L",
                            local + ":" + name + ":1",
                            "alice"))
                    .inheritIO()
                    .start();
            try (var client = connected(local);
                    var target = service.accepted()) {
                work.with(client, target);
            } finally {
                ssh.destroy();
                ssh.waitFor();
            }
        }
    }

    private static Socket connected(int port) {
        return await().atMost(WIDE)
                .ignoreExceptions()
                .until(() -> new Socket(InetAddress.getLoopbackAddress(), port), socket -> true);
    }

    @Test
    @NotCompared("the client is a forwarded socket")
    @Execution(ExecutionMode.SAME_THREAD)
    void aServiceThatDoesNotReadMakesItsClientWait() throws Exception {
        forwarded((client, target) -> {
            var sent = new AtomicLong();
            var sending = Thread.ofVirtual().start(() -> flood(client, sent));
            assertThat(awaitStill(sent::get)).isPositive().isLessThan(HELD_AT_MOST);
            assertOthersWork();

            long was = sent.get();
            assertThat(target.getInputStream().readNBytes((int) was)).isEqualTo(expected(was));
            await("it goes on where it stood").atMost(WIDE).until(() -> sent.get() > was);
            client.close();
            sending.join();
        });
    }

    @Test
    @NotCompared("the client is a forwarded socket")
    @Execution(ExecutionMode.SAME_THREAD)
    void aServiceThatFloodsAClientWhoDoesNotReadWaits() throws Exception {
        forwarded((client, target) -> {
            var sent = new AtomicLong();
            var sending = Thread.ofVirtual().start(() -> flood(target, sent));
            assertThat(awaitStill(sent::get)).isPositive().isLessThan(HELD_AT_MOST);
            assertOthersWork();

            long was = sent.get();
            assertThat(client.getInputStream().readNBytes((int) was)).isEqualTo(expected(was));
            await("it goes on where it stood").atMost(WIDE).until(() -> sent.get() > was);
            target.close();
            sending.join();
        });
    }

    @Test
    @NotCompared("the client is a forwarded socket")
    @Execution(ExecutionMode.SAME_THREAD)
    void aServiceThatEndsItsOutputGoesOnReading() throws Exception {
        forwarded((client, target) -> {
            write(target.getOutputStream(), "all I say");
            target.shutdownOutput();
            assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("all I say");
            for (int i = 0; i < 3; i++) {
                write(client.getOutputStream(), "still talking");
                assertThat(target.getInputStream().readNBytes(13)).asString().isEqualTo("still talking");
            }
            client.shutdownOutput();
            assertThat(target.getInputStream().read()).isEqualTo(-1);
        });
    }

    @Test
    @NotCompared("the client is a forwarded socket")
    @Execution(ExecutionMode.SAME_THREAD)
    void aClientThatEndsItsInputGoesOnReading() throws Exception {
        forwarded((client, target) -> {
            write(client.getOutputStream(), "all I ask");
            client.shutdownOutput();
            assertThat(target.getInputStream().readAllBytes()).asString().isEqualTo("all I ask");
            for (int i = 0; i < 3; i++) {
                write(target.getOutputStream(), "a long answer");
                assertThat(client.getInputStream().readNBytes(13)).asString().isEqualTo("a long answer");
            }
            target.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        });
    }

    @Test
    @NotCompared("the client is a forwarded socket")
    @Execution(ExecutionMode.SAME_THREAD)
    void aServiceThatResetsItsConnectionEndsItsClients() throws Exception {
        forwarded((client, target) -> {
            write(target.getOutputStream(), "up");
            assertThat(client.getInputStream().readNBytes(2)).asString().isEqualTo("up");
            target.setSoLinger(true, 0);
            target.close();
            assertThat(endOf(client.getInputStream())).isZero();
        });
        assertOthersWork();
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void aProgramBehindAnSshdThatDoesNotReadMakesItsClientWait() throws Exception {
        var bytes = new byte[24 << 20];
        var ran = instance.ssh("alice+demo-host", "sleep 4; wc -c").input(bytes).now();
        assertThat(ran.out().strip()).as("%s", ran).isEqualTo(Integer.toString(bytes.length));
        assertThat(ran.status()).isZero();
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void aProgramBehindAnSshdThatEndsItsOutputGoesOnReading() throws Exception {
        var name = "half-closed-" + ProcessHandle.current().pid();
        var ran = instance.ssh("alice+demo-host", "echo said; exec >&- 2>&-; cat >/tmp/" + name)
                .input("heard\n")
                .now();
        assertThat(ran.status()).as("%s", ran).isZero();
        assertThat(ran.out()).isEqualTo("said\n");
        var kept = instance.ssh("alice+demo-host", "cat /tmp/" + name + "; rm /tmp/" + name)
                .now();
        assertThat(kept.out()).isEqualTo("heard\n");
    }

    /// The whole sshd stands still in mid-session, as its machine might.
    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void anSshdThatStandsStillForAWhileCostsNothing() throws Exception {
        try (var client = instance.open("alice+demo-host", NumberedLines.SCRIPT)) {
            client.awaitOut("line 20\n");
            var all = Processes.living(command -> command.startsWith("sshd: ") || command.contains("/sshd"));
            var ours = all.keySet().stream()
                    .filter(pid -> ProcessHandle.of(pid)
                            .map(process -> descends(process, instance.process().pid()))
                            .orElse(false))
                    .toList();
            assertThat(ours).isNotEmpty();
            signal("STOP", ours);
            String stood;
            try {
                assertOthersWork();
                stood = client.out();
                await().pollDelay(Duration.ofSeconds(5)).atMost(WIDE).until(() -> true);
                assertThat(client.process().isAlive()).isTrue();
            } finally {
                signal("CONT", ours);
            }
            client.type("enough\n");
            var ended = client.ended();
            assertThat(ended.status()).as("%s", ended).isZero();
            assertThat(ended.out()).startsWith(stood).endsWith("end\n");
            NumberedLines.check("line ", ended.out().replace("end\n", ""));
            var recorded = Recorded.newest(instance, "alice@example.com");
            assertThat(recorded.show()).contains("complete");
        }
    }

    /// A client that stops reading a program which writes for ever, and then leaves.
    @Test
    @NotCompared("the client is killed before it has read what it was sent")
    @Execution(ExecutionMode.SAME_THREAD)
    void aProgramThatFloodsAClientWhoDoesNotReadWaitsAndIsGoneWithHim() throws Exception {
        var mark = "flood" + ProcessHandle.current().pid();
        var ssh = new ProcessBuilder(List.of(
                        "ssh",
                        "-F",
                        instance.folder().resolve("ssh_config").toString(),
                        "alice",
                        "bash",
                        "exec -a " + mark + " yes"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(ssh.getInputStream().readNBytes(2)).asString().isEqualTo("y\n");
            assertThat(awaitStill(() -> written(mark))).isPositive();
            assertOthersWork();
        } finally {
            ssh.destroyForcibly().waitFor();
        }
        await().atMost(WIDE)
                .until(() ->
                        Processes.living(command -> command.startsWith(mark)).isEmpty());
    }

    // ----

    private void assertOthersWork() throws Exception {
        var ran = instance.ssh("alice", "bash", "echo others work").now();
        assertThat(ran.status()).as("%s", ran).isZero();
        assertThat(ran.out()).isEqualTo("others work\n");
    }

    private static long written(String mark) throws Exception {
        var found = Processes.living(command -> command.startsWith(mark));
        assertThat(found).hasSize(1);
        var lines = java.nio.file.Files.readAllLines(
                java.nio.file.Path.of("/proc/" + found.keySet().iterator().next() + "/io"));
        return lines.stream()
                .filter(line -> line.startsWith("wchar: "))
                .mapToLong(line -> Long.parseLong(line.substring(7)))
                .sum();
    }

    private static void flood(Socket into, AtomicLong sent) {
        try {
            while (true) {
                into.getOutputStream().write(BLOCK);
                sent.addAndGet(BLOCK.length);
            }
        } catch (IOException closed) {
            // by the test, when it has seen enough
        }
    }

    /// Waits until a count stands still, and returns it.
    private static long awaitStill(Callable<Long> count) {
        var last = new AtomicLong(-1);
        await().atMost(WIDE).pollInterval(STILL).until(() -> {
            long now = count.call();
            return last.getAndSet(now) == now && now > 0;
        });
        return last.get();
    }

    /// Bytes that differ along a block and from each other, so that a piece that is missing or there twice
    /// shows.
    private static byte[] block() {
        var block = new byte[64_000 + 3];
        new java.util.Random(11).nextBytes(block);
        return block;
    }

    private static byte[] expected(long length) {
        var all = new byte[(int) length];
        for (int at = 0; at < all.length; at += BLOCK.length) {
            System.arraycopy(BLOCK, 0, all, at, Math.min(BLOCK.length, all.length - at));
        }
        return all;
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /// How much comes until the end, however that is.
    private static long endOf(InputStream in) {
        try {
            return in.readAllBytes().length;
        } catch (IOException reset) {
            return 0;
        }
    }

    private static boolean descends(ProcessHandle process, long from) {
        for (var at = process.parent(); at.isPresent(); at = at.get().parent()) {
            if (at.get().pid() == from) {
                return true;
            }
        }
        return false;
    }

    private static void signal(String name, List<Integer> processes) throws Exception {
        for (var pid : processes) {
            var _ = new ProcessBuilder("kill", "-" + name, Integer.toString(pid))
                    .start()
                    .waitFor();
        }
    }
}
