package dev.sallyport.tests.bed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// A real terminal with a program in it, by `tmux`: typed at, resized, looked at, as a person would.
public final class Terminal implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /// Keeps what the program writes, and with which status it ends.
    private static final String WATCHED = """
            set -o pipefail
            script -qefc "$1" /dev/null | tee "$2/transcript"
            echo $? > "$2/status.part"
            mv "$2/status.part" "$2/status"
            """;

    private final Path folder;

    private Terminal(Path folder) {
        this.folder = folder;
    }

    /// Starts the program in a terminal of 80 columns and 24 rows.
    public static Terminal of(List<String> command) throws IOException, InterruptedException {
        var terminal = new Terminal(Files.createTempDirectory("sallyport-terminal"));
        terminal.tmux(
                "new-session",
                "-d",
                "-x",
                "80",
                "-y",
                "24",
                "bash",
                "-c",
                WATCHED,
                "bash",
                command.stream()
                        .map(word -> "'" + word.replace("'", "'\\''") + "'")
                        .collect(Collectors.joining(" ")),
                terminal.folder.toString(),
                ";",
                "set-option",
                "-g",
                "remain-on-exit",
                "on");
        return terminal;
    }

    /// Types the text, and Enter.
    public void type(String text) throws IOException, InterruptedException {
        tmux("send-keys", "-l", text);
        tmux("send-keys", "Enter");
    }

    /// Presses a key, by tmux's name: `C-c`, `C-d`, `Escape`.
    public void press(String key) throws IOException, InterruptedException {
        tmux("send-keys", key);
    }

    public void resize(int columns, int rows) throws IOException, InterruptedException {
        tmux("resize-window", "-x", Integer.toString(columns), "-y", Integer.toString(rows));
    }

    /// What the screen shows.
    public String screen() throws IOException, InterruptedException {
        return tmux("capture-pane", "-p");
    }

    /// Waits until the screen shows what matches.
    public void awaitScreen(String pattern) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> assertThat(screen()).containsPattern(pattern));
    }

    /// Waits until the program has ended, and returns its exit status.
    public int status() {
        var file = folder.resolve("status");
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(file)
                        .as("the program in the terminal has ended; it shows\n%s", screen())
                        .exists());
        try {
            return Integer.parseInt(Files.readString(file).strip());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// All that was written to the terminal, byte for byte, once the program has ended.
    public byte[] transcript() throws IOException {
        return Files.readAllBytes(folder.resolve("transcript"));
    }

    /// The same as text.
    public String shown() throws IOException {
        return new String(transcript(), StandardCharsets.UTF_8);
    }

    private String tmux(String... words) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                "tmux", "-f", "/dev/null", "-S", folder.resolve("socket").toString()));
        command.addAll(List.of(words));
        var ran = Run.of(command).now();
        assertThat(ran.status()).as("%s: %s", command, ran).isZero();
        return ran.out();
    }

    @Override
    public void close() throws IOException {
        try {
            Run.of(List.of("tmux", "-S", folder.resolve("socket").toString(), "kill-server"))
                    .now();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }
}
