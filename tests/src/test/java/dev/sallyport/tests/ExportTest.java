package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.LastSession;
import dev.sallyport.tests.bed.NotCompared;
import dev.sallyport.tests.bed.Recorded;
import dev.sallyport.tests.bed.Run;
import dev.sallyport.tests.bed.Shared;
import dev.sallyport.tests.bed.Terminal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `sessions download` makes of a recording: an asciicast that the real asciinema plays, lines of JSON,
/// text.
@EndToEnd
class ExportTest {

    private final Instance instance = Shared.instance();

    @TempDir
    private Path folder = Path.of("");

    @Test
    @NotCompared("a terminal shows both streams as one, which this case compares itself")
    void asciinemaShowsWhatTheTerminalShowed() throws Exception {
        byte[] shown;
        try (var terminal = Terminal.of(List.of(
                "ssh", "-q", "-F", instance.folder().resolve("ssh_config").toString(), "-t", "alice", "bash"))) {
            terminal.awaitScreen("\\$\\s*$");
            terminal.type("printf '\\033[1;31mred\\033[0m häß 日本 👍\\n'; echo done");
            terminal.awaitScreen("\ndone\n");
            terminal.resize(100, 30);
            terminal.type("stty size");
            terminal.awaitScreen("\n30 100\n");
            terminal.type("exit 3");
            assertThat(terminal.status()).isEqualTo(3);
            shown = terminal.transcript();
        }
        var recorded = LastSession.sealed(instance, "alice@example.com");
        var cast = folder.resolve("session.cast");
        var kept = download(recorded, "asciicast", cast);
        assertThat(kept.status()).as("%s", kept).isZero();
        assertThat(Files.readAllLines(cast).getFirst())
                .startsWith("{\"version\": 2, \"width\": 80, \"height\": 24, ")
                .contains("bash, alice@example.com, " + recorded.session());

        assertThat(inATerminal("asciinema cat session.cast")).isEqualTo(text(shown));
        assertThat(inATerminal("asciinema play -s 20 -i 0.2 session.cast")).isEqualTo(text(shown));

        var output = text(recorded.output());
        assertThat(text(shown)).startsWith(output).contains("日本 👍");
    }

    @Test
    void linesOfJsonLeaveNothingOut() throws Exception {
        var bytes = new byte[50_000];
        new java.util.Random(2).nextBytes(bytes);
        var ran = instance.ssh("alice", "bash", "cat; echo err >&2; exit 3")
                .input(bytes)
                .now();
        assertThat(ran.outBytes()).isEqualTo(bytes);
        var recorded = LastSession.sealed(instance, "alice@example.com");
        var file = folder.resolve("session.jsonl");
        assertThat(download(recorded, "jsonl", file).status()).isZero();
        var lines = Files.readAllLines(file);
        assertThat(lines.getFirst()).contains("\"number\":0,");
        assertThat(lines.stream().filter(line -> line.contains("\"REQUEST\"")))
                .singleElement()
                .asString()
                .contains("\"text\":\"exec cat; echo err >&2; exit 3\"");
        assertThat(bytesOf(lines, "INPUT")).isEqualTo(bytes);
        assertThat(bytesOf(lines, "OUTPUT")).isEqualTo(bytes);
        assertThat(text(bytesOf(lines, "ERROR"))).isEqualTo("err\n");
        assertThat(text(bytesOf(lines, "EXIT"))).isEqualTo("status 3");
        assertThat(lines.getLast()).contains("\"kind\":\"END\"").contains("Exited");
        var json = Run.of(List.of(
                        "python3",
                        "-c",
                        "import json,sys\nfor line in open(sys.argv[1]): json.loads(line)",
                        file.toString()))
                .now();
        assertThat(json.status()).as("every line is JSON: %s", json).isZero();
    }

    @Test
    void textIsWhatWasShownAndHarmless() throws Exception {
        var ran = instance.ssh("alice", "bash", "printf 'a\\033[31mred\\033[0m\\033]0;owned\\007b\\n'; echo 'x\u202ey'")
                .now();
        assertThat(ran.status()).isZero();
        var recorded = LastSession.sealed(instance, "alice@example.com");
        var file = folder.resolve("session.txt");
        assertThat(download(recorded, "text", file).status()).isZero();
        assertThat(Files.readString(file)).isEqualTo("aredb\nx\\u202ey\n");
    }

    @Test
    void aFileThatIsThereIsKeptAndAStrangersRecordingIsNotGiven() throws Exception {
        instance.ssh("alice", "bash", "echo x").now();
        var recorded = LastSession.sealed(instance, "alice@example.com");
        var file = Files.writeString(folder.resolve("session.txt"), "mine");
        var refused = instance.sally(
                        "sessions", "download", recorded.session(), "--format", "text", "-o", file.toString())
                .now();
        assertThat(refused.status()).as("%s", refused).isEqualTo(1);
        assertThat(refused.err()).contains("exists already");
        assertThat(Files.readString(file)).isEqualTo("mine");
        var absent = instance.sally("sessions", "download", "ses_01kaxyz0000000000000000001", "--format", "text")
                .now();
        assertThat(absent.status()).as("%s", absent).isEqualTo(3);
        var wrong = instance.sally("sessions", "download", recorded.session(), "--format", "mp4")
                .now();
        assertThat(wrong.status()).as("%s", wrong).isEqualTo(2);
    }

    private dev.sallyport.tests.bed.Ran download(Recorded recorded, String format, Path file) throws Exception {
        return instance.sally("sessions", "download", recorded.session(), "--format", format, "-o", file.toString())
                .now();
    }

    /// What a command writes to a terminal of its own, which passes on every byte as it is.
    private String inATerminal(String command) throws Exception {
        var ran = Run.of(List.of(
                        "env", "-C", folder.toString(), "script", "-qec", "stty raw -echo; " + command, "/dev/null"))
                .keepInputOpen()
                .now();
        assertThat(ran.status()).as("%s", ran).isZero();
        return ran.out();
    }

    private static final Pattern HELD = Pattern.compile("\"(text|base64)\":\"(.*)\"}");

    private static byte[] bytesOf(List<String> lines, String kind) {
        var all = new java.io.ByteArrayOutputStream();
        for (var line : lines) {
            if (line.contains("\"kind\":\"" + kind + "\"")) {
                var held = HELD.matcher(line);
                assertThat(held.find()).as(line).isTrue();
                all.writeBytes(
                        held.group(1).equals("base64")
                                ? Base64.getDecoder().decode(held.group(2))
                                : held.group(2).replace("\\n", "\n").getBytes(StandardCharsets.UTF_8));
            }
        }
        return all.toByteArray();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
