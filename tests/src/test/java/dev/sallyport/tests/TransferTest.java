package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.LastSession;
import dev.sallyport.tests.bed.Ran;
import dev.sallyport.tests.bed.Recorded;
import dev.sallyport.tests.bed.Run;
import dev.sallyport.tests.bed.Shared;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the recording of a file transfer tells: names, sizes and hashes, and no content.
@EndToEnd
class TransferTest {

    private static final String HOST = "alice+demo-host";
    private static final Pattern PASSED =
            Pattern.compile("Passed without being kept: (\\d+) bytes to the target, (\\d+)");

    private final Instance instance = Shared.instance();

    @TempDir
    private Path folder = Path.of("");

    private byte[] content = {};
    private String hash = "";
    private String name = "";

    @BeforeEach
    void file() throws Exception {
        content = new byte[1_234_567];
        new Random(19).nextBytes(content);
        hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        name = "file-" + UUID.randomUUID();
        Files.write(folder.resolve(name), content);
    }

    @ParameterizedTest
    @CsvSource({"-s,sftp", "-O,scp"})
    void scpTellsTheFileItsSizeAndItsHash(String option, String protocol) throws Exception {
        done(scp(option, folder.resolve(name).toString(), HOST + ":" + name));
        var up = shown();
        assertThat(up).containsPattern(file(protocol + " write", content.length, hash));
        assertThat(passed(up, 1)).isGreaterThan(content.length);
        done(scp(option, HOST + ":" + name, folder.resolve("back").toString()));
        var down = shown();
        assertThat(down).containsPattern(file(protocol + " read", content.length, hash));
        assertThat(passed(down, 2)).isGreaterThan(content.length);
        assertThat(folder.resolve("back")).hasBinaryContent(content);
        assertNoContent(down);
        remove(name);
    }

    @ParameterizedTest
    @CsvSource({"-s,sftp", "-O,scp"})
    void scpOfAFolderTellsEachFile(String option, String protocol) throws Exception {
        var tree = Files.createDirectories(folder.resolve(name + "-tree/deep"));
        Files.writeString(tree.resolve("one"), "1");
        Files.writeString(tree.resolve("empty"), "");
        done(scp(option, "-r", folder.resolve(name + "-tree").toString(), HOST + ":"));
        var show = shown();
        assertThat(show)
                .containsPattern(protocol + " write +\\S*" + name + "-tree/deep/one +1 +ok +" + sha256("1") + "\n")
                .containsPattern(protocol + " write +\\S*" + name + "-tree/deep/empty +0 +ok +" + sha256("") + "\n");
        remove(name + "-tree");
    }

    @ParameterizedTest
    @CsvSource({"-s,sftp open", "-O,exec scp"})
    void aFileThatIsNotThereIsToldAsSuch(String option, String told) throws Exception {
        var ran = scp(option, HOST + ":" + name, folder.resolve("back").toString());
        assertThat(ran.status()).as("%s", ran).isNotZero();
        var show = shown();
        assertThat(show).doesNotContainPattern("(sftp|scp) (read|write) ").doesNotContain(hash);
        if (option.equals("-O")) {
            assertThat(show).containsPattern("scp -f .*" + name);
        }
    }

    @Test
    void sftpTellsWhatItDidToFiles() throws Exception {
        var batch = Files.writeString(folder.resolve("batch"), """
                put %1$s/%2$s %2$s
                rename %2$s %2$s-2
                get %2$s-2 %1$s/back
                mkdir %2$s-dir
                rmdir %2$s-dir
                rm %2$s-2
                """.formatted(folder, name));
        done(Run.of(List.of("sftp", "-q", "-F", config(), "-b", batch.toString(), HOST))
                .now());
        var show = shown();
        assertThat(show)
                .contains("request      subsystem")
                .containsPattern(file("sftp write", content.length, hash))
                .containsPattern("sftp rename +\\S*" + name + " -> \\S*" + name + "-2 +ok")
                .containsPattern("sftp read +\\S*" + name + "-2 +" + content.length + " +ok +" + hash + "\n")
                .containsPattern("sftp mkdir +\\S*" + name + "-dir +ok")
                .containsPattern("sftp rmdir +\\S*" + name + "-dir +ok")
                .containsPattern("sftp remove +\\S*" + name + "-2 +ok");
        var json = instance.sally("sessions", "show", recorded(instance, show).session(), "-o", "json")
                .now()
                .out()
                .replaceAll("\\s", "");
        assertThat(json)
                .contains("\"id\":\"" + recorded(instance, show).session() + "\"")
                .contains("\"protocol\":\"sftp\",\"operation\":\"write\"")
                .contains("\"bytes\":" + content.length + ",\"sha256\":\"" + hash + "\",\"result\":\"ok\"");
        assertNoContent(show);
    }

    @Test
    void rsyncTellsItsCommandAndHowMuchPassed() throws Exception {
        var shell = "ssh -F " + config();
        done(Run.of(List.of("rsync", "-a", "-e", shell, folder.resolve(name).toString(), HOST + ":" + name))
                .now());
        var up = shown();
        assertThat(up).containsPattern("rsync write +rsync --server .*" + name);
        assertThat(passed(up, 1)).isGreaterThan(content.length);
        done(Run.of(List.of(
                        "rsync",
                        "-a",
                        "-e",
                        shell,
                        HOST + ":" + name,
                        folder.resolve("back").toString()))
                .now());
        var down = shown();
        assertThat(down).containsPattern("rsync read +rsync --server --sender .*" + name);
        assertThat(passed(down, 2)).isGreaterThan(content.length);
        assertThat(folder.resolve("back")).hasBinaryContent(content);
        assertNoContent(up);
        remove(name);
    }

    @Test
    void gitTellsItsCommandAndHowMuchPassed() throws Exception {
        var repository = name + ".git";
        done(instance.ssh(HOST, "git init -q --bare " + repository).now());
        var work = folder.resolve("work");
        git("clone", "-q", HOST + ":" + repository, work.toString());
        assertThat(shown()).containsPattern("git upload-pack +git-upload-pack '" + repository + "'");
        Files.write(work.resolve("file"), content);
        git("-C", work.toString(), "add", "file");
        git("-C", work.toString(), "commit", "-q", "-m", "file");
        git("-C", work.toString(), "push", "-q", "origin", "HEAD");
        var push = shown();
        assertThat(push).containsPattern("git receive-pack +git-receive-pack '" + repository + "'");
        assertThat(passed(push, 1)).isGreaterThan(content.length);
        git("clone", "-q", HOST + ":" + repository, folder.resolve("again").toString());
        assertThat(passed(shown(), 2)).isGreaterThan(content.length);
        assertThat(folder.resolve("again/file")).hasBinaryContent(content);
        assertNoContent(push);
        remove(repository);
    }

    @Test
    void nobodyElsesFilesAreReached() throws Exception {
        for (var words : List.of(
                List.of("scp", "-q", "-F", config(), folder.resolve(name).toString(), "bob+demo-host:" + name),
                List.of("scp", "-q", "-O", "-F", config(), folder.resolve(name).toString(), "bob+demo-host:" + name),
                List.of(
                        "rsync",
                        "-a",
                        "-e",
                        "ssh -F " + config(),
                        folder.resolve(name).toString(),
                        "bob+demo-host:" + name),
                List.of(
                        "git",
                        "-c",
                        "core.sshCommand=ssh -F " + config(),
                        "clone",
                        "-q",
                        "bob+demo-host:x.git",
                        folder.resolve("clone").toString()))) {
            var ran = Run.of(words).now();
            assertThat(ran.status()).as("%s: %s", words, ran).isNotZero();
            assertThat(ran.err()).as("%s", words).contains("sally: there is no connection demo-host");
        }
        assertThat(instance.ssh(HOST, "ls " + name).now().status()).isNotZero();
    }

    private void assertNoContent(String show) throws Exception {
        var recorded = recorded(instance, show);
        var export = instance.sally("sessions", "download", recorded.session(), "--format", "jsonl", "-o", "-")
                .now();
        assertThat(export.out()).contains("\"kind\":\"PASSED\"").doesNotContain("base64");
        assertThat(recorded.output()).isEmpty();
    }

    /// What `sessions show` says of the newest session, once its recording is sealed.
    private String shown() throws Exception {
        return LastSession.sealed(instance, "alice@example.com").show();
    }

    private static Recorded recorded(Instance instance, String show) {
        return new Recorded(instance, show.split("\\s+", 3)[1]);
    }

    private static long passed(String show, int direction) {
        var matcher = PASSED.matcher(show);
        assertThat(matcher.find()).as(show).isTrue();
        return Long.parseLong(matcher.group(direction));
    }

    private String file(String what, long bytes, String sha256) {
        return what + " +\\S*" + name + " +" + bytes + " +ok +" + sha256 + "\n";
    }

    private static String sha256(String text) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256")
                        .digest(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    private Ran scp(String... words) throws Exception {
        var all = new ArrayList<>(List.of("scp", "-q", "-F", config()));
        all.addAll(List.of(words));
        return Run.of(all).now();
    }

    private void git(String... words) throws Exception {
        var all = new ArrayList<>(List.of(
                "git",
                "-c",
                "user.name=t",
                "-c",
                "user.email=t@example.com",
                "-c",
                "core.sshCommand=ssh -F " + config()));
        all.addAll(List.of(words));
        done(Run.of(all).now());
    }

    private void remove(String path) throws Exception {
        done(instance.ssh(HOST, "rm -r " + path).now());
    }

    private String config() {
        return instance.folder().resolve("ssh_config").toString();
    }

    private static void done(Ran ran) {
        assertThat(ran.status()).as("%s", ran).isZero();
    }
}
