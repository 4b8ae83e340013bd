package dev.sallyport.core.recording.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.recording.Event.Kind;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandsTest {

    private static List<String> commands(Told told) throws IOException {
        return Commands.of(told).stream()
                .map(command -> (command.guess() ? "? " : "") + command.text())
                .toList();
    }

    private static List<String> typed(String keys) throws IOException {
        return commands(new Told().add(Kind.REQUEST, "shell").add(Kind.INPUT, keys));
    }

    @Test
    void anExecIsItsCommandWordForWord() throws IOException {
        assertThat(commands(new Told().add(Kind.REQUEST, "exec ls -l  /tmp").add(Kind.INPUT, "data\nmore\n")))
                .containsExactly("ls -l  /tmp");
    }

    @Test
    void typedLinesAreGuesses() throws IOException {
        assertThat(typed("ls\rpwd\n\r")).containsExactly("? ls", "? pwd");
    }

    @Test
    void editingKeysEdit() throws IOException {
        assertThat(typed("lss\u007f -l\r")).containsExactly("? ls -l");
        assertThat(typed("rm -rf /\u0015ls\r")).containsExactly("? ls");
        assertThat(typed("echo one two\u0017three\r")).containsExactly("? echo one three");
        assertThat(typed("rm\u0003ls\r")).containsExactly("? ls");
        assertThat(typed("ab👍\u007fc\r")).containsExactly("? abc");
        assertThat(typed("\u007f\u007fls\r")).containsExactly("? ls");
    }

    @Test
    void keysThatAreSequencesAreIgnored() throws IOException {
        assertThat(typed("\u001b[A\u001bOBl\u001b[1;5Cs\u001b[200~ -l\u001b[201~\u001bb\r"))
                .containsExactly("? ls -l");
    }

    @Test
    void keysComeInPieces() throws IOException {
        var told = new Told().add(Kind.REQUEST, "shell");
        for (byte key : "ü\u001b[Ax\r".getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
            told.add(Kind.INPUT, new byte[] {key});
        }
        assertThat(commands(told)).containsExactly("? üx");
    }

    @Test
    void aPasswordIsNoCommand() throws IOException {
        assertThat(commands(new Told()
                        .add(Kind.REQUEST, "shell")
                        .add(Kind.INPUT, "sudo ls\r")
                        .add(Kind.HIDDEN_INPUT, "8")
                        .add(Kind.INPUT, "pwd\r")))
                .containsExactly("? sudo ls", "? pwd");
    }

    @Test
    void endlessInputGivesBoundedLists() throws IOException {
        assertThat(typed("x".repeat(60_000) + "\r").getFirst().length()).isLessThan(5000);
        var told = new Told().add(Kind.REQUEST, "shell");
        for (int i = 0; i < 30; i++) {
            told.add(Kind.INPUT, "a\r".repeat(1000));
        }
        assertThat(commands(told)).hasSize(Commands.MOST);
    }
}
