package dev.sallyport.agent.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.id.SessionId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each kind of enclosure ends what it promises to end, also after the agent that made it.
final class EnclosureTest {

    /// What stays behind in all the ways that programs know, each with a sleep of its own length.
    private static final String LEAVE = """
            sleep SECONDS & setsid sleep SECONDS & nohup sleep SECONDS >/dev/null 2>&1 &
            (setsid bash -c '(trap "" TERM HUP INT; exec sleep SECONDS) & disown' &)
            (setsid setsid nohup bash -c 'sleep SECONDS & sleep SECONDS' >/dev/null 2>&1 &)
            echo ready; exec sleep SECONDS
            """;

    @TempDir
    Path folder;

    @AfterEach
    void removeTheTestsControlGroup() {
        CgroupEnclosure.find("sallyport-test-" + ProcessHandle.current().pid()).ifPresent(Enclosures.Kind::close);
    }

    private interface Maker {
        Enclosures.Kind make(Path folder) throws Exception;
    }

    static Stream<org.junit.jupiter.params.provider.Arguments> kinds() {
        Maker cgroup = folder -> CgroupEnclosure.find(
                        "sallyport-test-" + ProcessHandle.current().pid())
                .orElseThrow();
        Maker group = GroupEnclosure.Groups::new;
        Maker tree = TreeEnclosure.Trees::new;
        return Stream.of(
                org.junit.jupiter.params.provider.Arguments.of("cgroup", cgroup),
                org.junit.jupiter.params.provider.Arguments.of("group", group),
                org.junit.jupiter.params.provider.Arguments.of("tree", tree));
    }

    private Enclosures.Kind kind(String name, Object maker) throws Exception {
        if (name.equals("cgroup")) {
            Assumptions.assumeTrue(CgroupEnclosure.find(
                            "sallyport-test-" + ProcessHandle.current().pid())
                    .isPresent());
        }
        if (name.equals("group")) {
            Assumptions.assumeTrue(Posix.effectiveUser() == 0);
        }
        return ((Maker) maker).make(folder);
    }

    private static long running(String seconds) {
        return ProcessTable.all().stream()
                .filter(process -> !process.zombie())
                .filter(process -> {
                    try {
                        return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))
                                .equals("sleep\0" + seconds + "\0");
                    } catch (java.io.IOException e) {
                        return false;
                    }
                })
                .count();
    }

    private static int start(Enclosure enclosure, SessionId session, String seconds) throws Exception {
        var own = Account.own();
        var account = own.isRoot() ? Account.named("nobody").orElseThrow() : own;
        var start = new Spawner.Start(
                account,
                Stream.of("bash", "-c", LEAVE.replace("SECONDS", seconds))
                        .map(word -> word.getBytes(StandardCharsets.UTF_8))
                        .toList(),
                Map.of("PATH", "/usr/bin:/bin", "SALLYPORT_SESSION_ID", session.value()),
                Optional.of("/"));
        var nowhere = new Posix.Given.Opened("/dev/null");
        return Spawner.start(start, enclosure, List.of(nowhere, nowhere, nowhere));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void everyDescendantIsGone(String name, Object maker) throws Exception {
        var session = SessionId.next(Clock.systemUTC());
        var seconds = "71" + ProcessHandle.current().pid() + "1";
        try (var enclosure = kind(name, maker).next(session)) {
            int pid = start(enclosure, session, seconds);
            await().until(() -> running(seconds) >= 7);
            assertThat(enclosure.kill()).isTrue();
            assertThat(running(seconds)).isZero();
            await().until(() -> Posix.reap(pid).isPresent());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void whatAFormerRunLeftIsGone(String name, Object maker) throws Exception {
        var session = SessionId.next(Clock.systemUTC());
        var seconds = "72" + ProcessHandle.current().pid() + "2";
        var enclosure = kind(name, maker).next(session);
        int pid = start(enclosure, session, seconds);
        await().until(() -> running(seconds) >= 7);
        kind(name, maker).clean();
        assertThat(running(seconds)).isZero();
        await().until(() -> Posix.reap(pid).isPresent());
    }

    @org.junit.jupiter.api.Test
    void aStartLeavesNoDescriptorBehind() throws Exception {
        var kind =
                CgroupEnclosure.find("sallyport-test-" + ProcessHandle.current().pid());
        Assumptions.assumeTrue(kind.isPresent());
        var programs = Programs.open(folder, java.util.Set.of());
        long before = descriptors();
        for (int i = 0; i < 20; i++) {
            var program = new Programs.Program(
                    SessionId.next(Clock.systemUTC()),
                    programs.changesAccount() ? Optional.of("nobody") : Optional.empty(),
                    List.of("true".getBytes(StandardCharsets.UTF_8)),
                    Map.of("PATH", "/usr/bin:/bin"),
                    Optional.of("/"),
                    i % 2 == 0
                            ? Optional.empty()
                            : Optional.of(new dev.sallyport.core.session.Pty("xterm", 80, 24, 0, 0, new byte[0])));
            try (var target = programs.run(program, () -> {})) {
                target.exit();
            }
        }
        await().until(() -> descriptors() <= before);
        programs.close();
    }

    private static long descriptors() throws Exception {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }
}
