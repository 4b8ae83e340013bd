package dev.sallyport.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sallyport.core.agent.AgentKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InstallationTest {

    private static final Path ANALYZE = Path.of("/usr/bin/systemd-analyze");

    @TempDir
    Path folder;

    private final AgentKey key = TestingEdge.key(8010, new byte[32]);
    private final List<String> told = new ArrayList<>();
    private int answer;
    private boolean administers = true;
    private Path root = Path.of("/");
    private Path keyFile = Path.of("/");

    /// A machine whose files lie in a folder, and which remembers what it was told.
    private final class Told implements Installation.Machine {

        @Override
        public Path root() {
            return root;
        }

        @Override
        public boolean administers() {
            return administers;
        }

        @Override
        public int run(List<String> command) {
            told.add(String.join(" ", command));
            return answer;
        }
    }

    @BeforeEach
    void aMachine() throws IOException {
        root = Files.createDirectory(folder.resolve("machine"));
        keyFile = Files.writeString(folder.resolve("key"), key.text());
    }

    private int does(String command, String... words) throws Exception {
        var out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        return Installation.run(command, List.of(words), Map.of(), new Told(), out);
    }

    private int install(String name, String... more) throws Exception {
        var words = new ArrayList<>(List.of("--name", name, "--key-file", keyFile.toString(), "--program", "/bin/sh"));
        words.addAll(List.of(more));
        return does("install", words.toArray(String[]::new));
    }

    private Set<String> files() throws IOException {
        try (var all = Files.walk(root)) {
            return all.map(path -> root.relativize(path).toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private String mode(String path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve(path)));
    }

    @Test
    void anInstalledAgentHasItsKeyItsSettingsAndItsState() throws Exception {
        assertThat(install("site", "--secrets", "/etc/app", "--drain", "90", "--run-as", "app"))
                .isZero();
        assertThat(told).containsExactly("systemctl daemon-reload", "systemctl enable sallyport-agent-site.service");
        assertThat(mode("etc/sallyport/agent/site")).isEqualTo("rwx------");
        assertThat(mode("etc/sallyport/agent/site/key")).isEqualTo("rw-------");
        assertThat(mode("etc/sallyport/agent/site/config")).isEqualTo("rw-------");
        assertThat(mode("var/lib/sallyport/agent/site")).isEqualTo("rwx------");
        assertThat(root.resolve("etc/sallyport/agent/site/key")).hasContent(key.text());
        var config = root.resolve("etc/sallyport/agent/site/config").toString();
        assertThat(Options.read(List.of("--config", config), Set.of(), Set.of())
                        .without(Set.of("config"))
                        .values())
                .isEqualTo(Map.of(
                        "key-file", List.of("/etc/sallyport/agent/site/key"),
                        "state", List.of("/var/lib/sallyport/agent/site"),
                        "secrets", List.of("/etc/app"),
                        "drain", List.of("90"),
                        "run-as", List.of("app")));
        assertThat(Files.readString(root.resolve("etc/systemd/system/sallyport-agent-site.service")))
                .contains("\nExecStart=/bin/sh run --config /etc/sallyport/agent/site/config\n")
                .contains("\nTimeoutStopSec=120\n")
                .contains("\nStateDirectory=sallyport/agent/site\n")
                .doesNotContain(key.token().text());
    }

    @Test
    void oneLineInstallsANewAgentAndStartsIt() throws Exception {
        try (var api = new TestingApi()) {
            var words = List.of(
                    "--name",
                    "site",
                    "--program",
                    "/bin/sh",
                    "--start",
                    "--join",
                    api.line().text());
            assertThat(does("install", words.toArray(String[]::new))).isZero();
            assertThat(told)
                    .containsExactly("systemctl daemon-reload", "systemctl enable --now sallyport-agent-site.service");
            var kept = root.resolve("etc/sallyport/agent/site/key");
            assertThat(mode("etc/sallyport/agent/site/key")).isEqualTo("rw-------");
            assertThat(AgentKey.parse(Files.readString(kept)).token().agent()).isEqualTo(api.agent());
            assertThat(root.resolve("etc/sallyport/agent/site/config"))
                    .content()
                    .contains("key-file = /etc/sallyport/agent/site/key\n")
                    .doesNotContain("join", "start", api.line().token().secret());
        }
    }

    @Test
    void aLineThatDoesNotCountInstallsNothingAndABadCommandUsesNoneUp() throws Exception {
        try (var api = new TestingApi()) {
            var line = api.line().text();
            var words = List.of("--name", "site", "--program", "/bin/sh", "--join", line);
            for (var wrong : List.of(
                    List.of("--drain", "long"),
                    List.of("--type", "ftp"),
                    List.of("--key-file", keyFile.toString()),
                    List.of("--root", folder.resolve("image").toString(), "--start"),
                    List.of("--secrets", "here"))) {
                var all = new ArrayList<>(words);
                all.addAll(wrong);
                assertThatThrownBy(() -> does("install", all.toArray(String[]::new)))
                        .as(wrong.toString())
                        .isInstanceOf(Usage.class);
            }
            assertThat(api.asked()).isZero();
            Files.createDirectories(root.resolve("etc/systemd"));
            Files.createFile(root.resolve("etc/systemd/system"));
            var before = files();
            assertThatThrownBy(() -> does("install", words.toArray(String[]::new)))
                    .isInstanceOf(IOException.class);
            assertThat(api.asked()).as("nothing could be written").isZero();
            Files.delete(root.resolve("etc/systemd/system"));
            api.status = 401;
            assertThatThrownBy(() -> does("install", words.toArray(String[]::new)))
                    .isInstanceOf(Usage.class);
            assertThat(api.asked()).isEqualTo(1);
            before.remove("etc/systemd/system");
            assertThat(files()).isEqualTo(before);
            assertThat(told).isEmpty();
        }
    }

    @Test
    void belowAnotherRootNobodyIsTold() throws Exception {
        administers = false;
        var image = Files.createDirectory(folder.resolve("image"));
        assertThat(install("site", "--root", image.toString())).isZero();
        assertThat(image.resolve("etc/systemd/system/sallyport-agent-site.service"))
                .exists();
        assertThat(does("uninstall", "--name", "site", "--root", image.toString(), "--purge"))
                .isZero();
        assertThat(image.resolve("etc/systemd/system/sallyport-agent-site.service"))
                .doesNotExist();
        assertThat(told).isEmpty();
        assertThat(files()).containsExactly("");
    }

    @Test
    void systemdTakesTheUnitAsItIs() throws Exception {
        assumeTrue(Files.isExecutable(ANALYZE), "systemd-analyze is not here (package systemd)");
        for (var odd : List.of("agent", "an agent of 100%h for $HOME")) {
            var program = Files.createFile(
                    folder.resolve(odd),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
            var unit = folder.resolve("sallyport-agent-" + odd.length() + ".service");
            var words = List.of(program.toString(), "-Da=\"b\" \\c", "$HOME", "100%");
            var text = new Unit(
                            Integer.toString(odd.length()),
                            words,
                            Path.of("/etc/sallyport/agent/site/config"),
                            Path.of("/etc/sallyport/agent/site/environment"),
                            Path.of("/var/lib/sallyport/agent/site"),
                            Duration.ofSeconds(60))
                    .text();
            Files.writeString(unit, text);
            assertThat(verified(unit)).isEqualTo("0: ");
            Files.delete(program);
            assertThat(verified(unit)).as("it is looked at").contains("not executable");
            Files.writeString(unit, text.replace("KillMode=mixed", "KillMod=mixed"));
            assertThat(verified(unit)).as("it is looked at").contains("'KillMod'");
        }
    }

    /// What systemd says of a unit.
    private static String verified(Path unit) throws Exception {
        var process = new ProcessBuilder(ANALYZE.toString(), "verify", "--man=no", unit.toString())
                .redirectErrorStream(true)
                .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() + ": " + said;
    }

    @Test
    void theServiceRunsWhatInstallsIt() throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var main = AgentMain.class.getName();
        var classes = Stream.of(System.getProperty("java.class.path").split(":", -1))
                .filter(entry -> !entry.isEmpty())
                .collect(Collectors.joining(":"));
        var process = new ProcessBuilder(
                        java,
                        "-Xmx64m",
                        "-cp",
                        classes,
                        main,
                        "install",
                        "--name",
                        "site",
                        "--root",
                        root.toString(),
                        "--key-file",
                        keyFile.toString(),
                        "--drain",
                        "5")
                .redirectErrorStream(true)
                .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        var unit = Files.readString(root.resolve("etc/systemd/system/sallyport-agent-site.service"));
        assertThat(unit)
                .contains(" -Xmx64m -cp " + Unit.argument(classes) + " " + main
                        + " run --config /etc/sallyport/agent/site/config\n");
    }

    @Test
    void whatIsNotAskedForProperlyChangesNothing() throws Exception {
        var damaged = Files.writeString(folder.resolve("damaged"), "sallyport://edge:8010?token=x&pin=y");
        var quoted = Files.createFile(
                folder.resolve("a \"program\""),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        var wrong = List.of(
                List.of("--name", "Site"),
                List.of("--name", "../site"),
                List.of("--name", "a b"),
                List.of("--key-file", damaged.toString()),
                List.of("--key-file", folder.resolve("none").toString()),
                List.of("--program", "sh"),
                List.of("--program", quoted.toString()),
                List.of("--program", keyFile.toString()),
                List.of("--state", "/var/lib/other"),
                List.of("--secrets", "here"),
                List.of("--secrets", "/a\nkey-file = /b"),
                List.of("--type", "ftp"),
                List.of("--edge", "edge"),
                List.of("--drain", "long"),
                List.of("--purge"));
        for (var words : wrong) {
            var all = new ArrayList<>(
                    List.of("--name", "site", "--key-file", keyFile.toString(), "--program", "/bin/sh"));
            int there = all.indexOf(words.getFirst());
            if (there >= 0) {
                all.subList(there, there + 2).clear();
            }
            all.addAll(words);
            assertThatThrownBy(() -> does("install", all.toArray(String[]::new)))
                    .as(words.toString())
                    .satisfies(e -> assertThat(AgentMain.said((Exception) e)).contains(" "));
            assertThat(files()).as(words.toString()).containsExactly("");
        }
        administers = false;
        assertThatThrownBy(() -> install("site")).isInstanceOf(Usage.class).hasMessageContaining("by root");
        assertThat(files()).containsExactly("");
        assertThat(told).isEmpty();
    }

    @Test
    void theProgramEndsWithTwoForBadInput() {
        var err = new ByteArrayOutputStream();
        int exit = AgentMain.run(
                List.of("install", "--root", root.toString(), "--name", "Site"),
                Map.of("SALLYPORT_KEY", key.text()),
                System.out,
                new PrintStream(err, true, StandardCharsets.UTF_8));
        assertThat(exit).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("sallyport-agent: --name is up to 32 small letters, digits and hyphens, and not Site\n");
    }

    @Test
    void twoAgentsOfAMachineHaveWhatIsTheirs() throws Exception {
        install("site");
        var before = files();
        assertThatThrownBy(() -> install("other"))
                .isInstanceOf(Usage.class)
                .hasMessageContaining("the agent site of this machine has port 8012");
        assertThat(files()).isEqualTo(before);
        told.clear();
        assertThat(install("other", "--health-port", "8013")).isZero();
        assertThatThrownBy(() -> install("third", "--health-port", "8013")).isInstanceOf(Usage.class);
        assertThat(install("third", "--health-port", "0")).isZero();
        assertThat(told)
                .contains(
                        "systemctl enable sallyport-agent-other.service",
                        "systemctl enable sallyport-agent-third.service");
        for (var name : List.of("site", "other", "third")) {
            assertThat(Files.readString(root.resolve("etc/systemd/system/sallyport-agent-" + name + ".service")))
                    .contains("run --config /etc/sallyport/agent/" + name + "/config\n")
                    .contains("StateDirectory=sallyport/agent/" + name + "\n");
            assertThat(Files.readString(root.resolve("etc/sallyport/agent/" + name + "/config")))
                    .contains("state = /var/lib/sallyport/agent/" + name + "\n");
        }
        assertThat(does("stop", "--name", "other")).isZero();
        assertThat(told).endsWith("systemctl stop sallyport-agent-other.service");
    }

    @Test
    void anAgentIsInstalledOnce() throws Exception {
        install("site");
        var before = files();
        var unit = root.resolve("etc/systemd/system/sallyport-agent-site.service");
        var text = Files.readString(unit);
        assertThatThrownBy(() -> install("site", "--drain", "7"))
                .isInstanceOf(Usage.class)
                .hasMessageContaining("there is an agent site already");
        assertThat(files()).isEqualTo(before);
        assertThat(unit).hasContent(text);
    }

    @Test
    void whatCannotBeWrittenWholeIsTakenBack() throws Exception {
        Files.createDirectories(root.resolve("etc/systemd"));
        Files.createFile(root.resolve("etc/systemd/system"));
        var before = files();
        assertThatThrownBy(() -> install("site")).isInstanceOf(IOException.class);
        assertThat(files()).isEqualTo(before);
        assertThat(told).isEmpty();
    }

    @Test
    void uninstallKeepsTheStateUnlessItIsPurgedAndOtherAgents() throws Exception {
        install("site");
        install("other", "--health-port", "8013");
        var sealing = Files.createFile(root.resolve("var/lib/sallyport/agent/site/sealing-key"));
        var outside = Files.createFile(folder.resolve("outside"));
        Files.createSymbolicLink(root.resolve("var/lib/sallyport/agent/site/link"), outside);
        told.clear();
        assertThat(does("uninstall", "--name", "site")).isZero();
        assertThat(told)
                .containsExactly("systemctl disable --now sallyport-agent-site.service", "systemctl daemon-reload");
        assertThat(sealing).exists();
        assertThat(root.resolve("etc/sallyport/agent/site")).doesNotExist();
        assertThat(root.resolve("etc/systemd/system/sallyport-agent-site.service"))
                .doesNotExist();
        assertThatThrownBy(() -> does("uninstall", "--name", "site")).isInstanceOf(Usage.class);
        assertThat(does("uninstall", "--name", "site", "--purge")).isZero();
        assertThat(root.resolve("var/lib/sallyport/agent/site")).doesNotExist();
        assertThat(outside).exists();
        assertThat(root.resolve("etc/sallyport/agent/other/key")).exists();
        assertThat(root.resolve("etc/systemd/system/sallyport-agent-other.service"))
                .exists();
        assertThat(root.resolve("var/lib/sallyport/agent/other")).exists();
    }

    @Test
    void anAgentThatDoesNotStopIsNotRemoved() throws Exception {
        install("site");
        var before = files();
        answer = 1;
        assertThat(does("uninstall", "--name", "site", "--purge")).isEqualTo(1);
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void systemdIsAskedForTheRestByTheNameOfTheUnit() throws Exception {
        install("site");
        told.clear();
        answer = 3;
        for (var command : List.of("start", "stop", "status", "logs")) {
            assertThat(does(command, "--name", "site")).isEqualTo(3);
            assertThatThrownBy(() -> does(command, "--name", "none"))
                    .isInstanceOf(Usage.class)
                    .hasMessageContaining("there is no agent none here");
        }
        assertThat(does("logs", "--name", "site", "--follow")).isEqualTo(3);
        assertThat(told)
                .containsExactly(
                        "systemctl start sallyport-agent-site.service",
                        "systemctl stop sallyport-agent-site.service",
                        "systemctl --no-pager status sallyport-agent-site.service",
                        "journalctl --output=cat --unit sallyport-agent-site.service --no-pager",
                        "journalctl --output=cat --unit sallyport-agent-site.service --follow");
    }
}
