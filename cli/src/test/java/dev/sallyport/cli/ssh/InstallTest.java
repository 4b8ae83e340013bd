package dev.sallyport.cli.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Connections;
import dev.sallyport.cli.TestingApi;
import dev.sallyport.cli.TestingSally;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `ssh-config --install` and `--uninstall`.
class InstallTest {

    private static final String HOST_CA = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0examplekeyexamplekeyexample";

    @TempDir
    private Path folder;

    private TestingApi api;
    private TestingSally sally;
    private Path file;
    private Path hosts;

    @BeforeEach
    void start() throws IOException {
        api = new TestingApi();
        offer("bash");
        file = folder.resolve("home/.ssh/config");
        hosts = folder.resolve("home/.config/sallyport/ssh_config");
        sally = new TestingSally(folder).configure("""
                {"url": "%s", "key": "sally_x", "ssh_host": "edge.example.com", "ssh_port": 2222, "host_ca": "%s",
                 "login": "carol"}""".formatted(api.url(), HOST_CA));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private void offer(String name) {
        var one = TestingApi.connection(name);
        api.on("GET /v1/connections", new Connections.Page(List.of(one), null));
    }

    private void ok(String... arguments) {
        var ran = sally.run(arguments);
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out()).isEmpty();
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void sshItselfFindsTheConnectionsAndTheUsersOwnHostsStay() throws Exception {
        Files.createDirectories(file.resolveSibling(""));
        Files.writeString(file, "Host own\n    HostName own.example.com\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        ok("ssh-config", "--install");
        assertThat(asked("carol+bash")).contains("hostname edge.example.com\n", "port 2222\n", "user carol+bash\n");
        assertThat(asked("own")).contains("hostname own.example.com\n", "port 22\n");
        ok("ssh-config", "--uninstall");
        assertThat(asked("carol+bash")).contains("hostname carol+bash\n");
    }

    private String asked(String host) throws IOException, InterruptedException {
        var ssh = new ProcessBuilder("ssh", "-F", file.toString(), "-G", host)
                .redirectErrorStream(true)
                .start();
        var said = new String(ssh.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(ssh.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(ssh.exitValue()).as(said).isZero();
        return said;
    }

    @Test
    void whatIsAbsentIsMadeForItsOwnerOnly() throws IOException {
        ok("ssh-config", "--install");
        assertThat(mode(file)).isEqualTo("rw-------");
        assertThat(mode(file.resolveSibling(""))).isEqualTo("rwx------");
        assertThat(mode(hosts)).isEqualTo("rw-------");
        ok("ssh-config", "--uninstall");
        assertThat(file).isEmptyFile();
        assertThat(hosts).doesNotExist();
    }

    @Test
    void twiceIsOnceAndBringsNewConnections() throws IOException {
        ok("ssh-config", "--install");
        var once = Files.readString(file);
        offer("second");
        ok("ssh-config", "--install");
        assertThat(Files.readString(file)).isEqualTo(once).containsOnlyOnce("Include ");
        assertThat(Files.readString(hosts)).contains("Host carol+second").doesNotContain("carol+bash");
    }

    @Test
    void everyOtherByteStays() throws IOException {
        Files.createDirectories(file.resolveSibling(""));
        for (var text :
                List.of("", "Host a", "\r\nHost a\r\n", "Host \u00fc\u00ff\u0000\u0080\n\n\n", "Include other\n")) {
            var before = text.getBytes(StandardCharsets.ISO_8859_1);
            Files.write(file, before);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
            ok("ssh-config", "--install");
            var installed = Files.readAllBytes(file);
            assertThat(installed).endsWith(before).hasSizeGreaterThan(before.length);
            assertThat(mode(file)).isEqualTo("rw-r--r--");
            ok("ssh-config", "--uninstall");
            assertThat(Files.readAllBytes(file)).as(text).isEqualTo(before);
        }
    }

    @Test
    void theLinesAreFoundWhereverTheyWereMovedAndTheMarkAloneTakesNothingWithIt() throws IOException {
        ok("ssh-config", "--install");
        var ours = Files.readString(file);
        var mark = ours.lines().findFirst().orElseThrow();
        Files.writeString(file, "Host a\n" + ours + "Host b\n");
        ok("ssh-config", "--uninstall");
        assertThat(file).hasContent("Host a\nHost b\n");
        Files.writeString(file, mark + "\nHost b\n");
        ok("ssh-config", "--uninstall");
        assertThat(file).hasContent(mark + "\nHost b\n");
    }

    @Test
    void aSymbolicLinkIsFollowed() throws IOException {
        Files.createDirectories(file.resolveSibling(""));
        var kept = Files.writeString(folder.resolve("dotfiles"), "Host a\n");
        Files.createSymbolicLink(file, Path.of("../../dotfiles"));
        ok("ssh-config", "--install");
        assertThat(file).isSymbolicLink();
        assertThat(Files.readString(kept)).contains("Include ").endsWith("Host a\n");
    }

    @Test
    void whatCannotBeReadIsSaidAndWhatContradictsItselfIsAUsageError() throws IOException {
        Files.createDirectories(file);
        var ran = sally.run("ssh-config", "--install");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).startsWith("sally: " + file).doesNotContain("Exception");
        assertThat(sally.run("ssh-config", "--install", "--uninstall").code()).isEqualTo(2);
        assertThat(sally.run("ssh-config", "--install", "--known-hosts").code()).isEqualTo(2);
    }
}
