package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.Ran;
import dev.sallyport.tests.bed.Recorded;
import dev.sallyport.tests.bed.Run;
import dev.sallyport.tests.bed.Shared;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A real sshd behind the agent, with every program that engineers use over ssh.
@EndToEnd
class SshTargetTest {

    private static final String HOST = "alice+demo-host";

    private final Instance instance = Shared.instance();

    @TempDir
    Path folder = Path.of("");

    private byte[] content = {};

    @BeforeEach
    void file() throws Exception {
        content = new byte[3_000_000];
        new Random(9).nextBytes(content);
        Files.write(folder.resolve("file"), content);
    }

    @Test
    void aCommandKeepsItsStreamsAndItsStatus() throws Exception {
        var ran = instance.ssh(HOST, "echo out; echo err >&2; exit 9").now();
        assertThat(ran.status()).as("%s", ran).isEqualTo(9);
        assertThat(ran.out()).isEqualTo("out\n");
        assertThat(ran.err()).isEqualTo("err\n");
        assertThat(Recorded.newest(instance, "alice@example.com").output()).isEqualTo(ran.outBytes());
    }

    @Test
    void aSignalThatEndsTheTargetIsSaid() throws Exception {
        var ran = instance.ssh(HOST, "kill -TERM $$").now();
        assertThat(ran.status()).as("%s", ran).isEqualTo(255);
    }

    @Test
    void aLoginShellHasATerminal() throws Exception {
        var ran = instance.sshWith(List.of("-tt"), HOST).input("tty; exit 4\n").now();
        assertThat(ran.status()).as("%s", ran).isEqualTo(4);
        assertThat(ran.out()).contains("/dev/pts/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-s", "-O"})
    void scpCopiesThereAndBack(String protocol) throws Exception {
        var there = HOST + ":scp-file" + protocol;
        done(run("scp", "-q", protocol, "-F", config(), folder.resolve("file").toString(), there));
        done(run(
                "scp",
                "-q",
                protocol,
                "-F",
                config(),
                there,
                folder.resolve("back").toString()));
        assertThat(folder.resolve("back")).hasBinaryContent(content);
        done(instance.ssh(HOST, "rm scp-file" + protocol).now());
    }

    @Test
    void sftpListsPutsAndGets() throws Exception {
        var batch = folder.resolve("batch");
        Files.writeString(batch, """
                put %1$s/file sftp-file
                ls -l sftp-file
                get sftp-file %1$s/back
                rename sftp-file sftp-file2
                rm sftp-file2
                """.formatted(folder));
        var ran = run("sftp", "-q", "-F", config(), "-b", batch.toString(), HOST);
        done(ran);
        assertThat(ran.out()).contains("3000000");
        assertThat(folder.resolve("back")).hasBinaryContent(content);
        var recorded = Recorded.newest(instance, "alice@example.com");
        recorded.awaitState("complete");
        var export = folder.resolve("export");
        done(instance.sally("sessions", "download", recorded.session(), "--format", "jsonl", "-o", export.toString())
                .now());
        assertThat(Files.readString(export)).contains("sftp-file").contains("3000000");
    }

    @Test
    void rsyncCopiesThereAndBack() throws Exception {
        var shell = "ssh -F " + config();
        done(run("rsync", "-a", "-e", shell, folder.resolve("file").toString(), HOST + ":rsync-file"));
        done(run(
                "rsync",
                "-a",
                "-e",
                shell,
                HOST + ":rsync-file",
                folder.resolve("back").toString()));
        assertThat(folder.resolve("back")).hasBinaryContent(content);
        done(instance.ssh(HOST, "rm rsync-file").now());
    }

    @Test
    void gitClonesAndPushes() throws Exception {
        done(instance.ssh(HOST, "rm -rf try.git && git init -q --bare try.git").now());
        var git = List.of(
                "git",
                "-c",
                "user.name=t",
                "-c",
                "user.email=t@example.com",
                "-c",
                "core.sshCommand=ssh -F " + config());
        var work = folder.resolve("work").toString();
        done(run(with(git, "clone", "-q", HOST + ":try.git", work)));
        Files.write(folder.resolve("work/file"), content);
        done(run(with(git, "-C", work, "add", "file")));
        done(run(with(git, "-C", work, "commit", "-q", "-m", "file")));
        done(run(with(git, "-C", work, "push", "-q", "origin", "HEAD")));
        var again = folder.resolve("again").toString();
        done(run(with(git, "clone", "-q", HOST + ":try.git", again)));
        assertThat(Path.of(again, "file")).hasBinaryContent(content);
        done(instance.ssh(HOST, "rm -rf try.git").now());
    }

    @Test
    void aGigabyteComesThroughAPipe() throws Exception {
        var piped = instance.ssh(HOST, "head -c 1000000000 /dev/zero").added();
        assertThat(piped.length()).isEqualTo(1_000_000_000);
    }

    private String config() {
        return instance.folder().resolve("ssh_config").toString();
    }

    private static List<String> with(List<String> words, String... more) {
        var all = new ArrayList<>(words);
        all.addAll(List.of(more));
        return all;
    }

    private static Ran run(String... words) throws Exception {
        return run(List.of(words));
    }

    private static Ran run(List<String> words) throws Exception {
        return Run.of(words).now();
    }

    private static void done(Ran ran) {
        assertThat(ran.status()).as("%s", ran).isZero();
    }
}
