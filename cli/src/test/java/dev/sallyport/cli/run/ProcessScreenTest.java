package dev.sallyport.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessScreenTest {

    private static final byte[] LONG = "a line\n".repeat(100_000).getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    private final Screen screen = new ProcessScreen();

    @Test
    void theProgramReadsTheTextAndItsVariables() throws IOException {
        var file = folder.resolve("shown");
        assertThat(screen.page("cat > " + file + "; echo $LESS >> " + file, Map.of("LESS", "FRX"), LONG))
                .isTrue();
        assertThat(Files.size(file)).isEqualTo(LONG.length + 4);
        assertThat(Files.readString(file)).endsWith("a line\nFRX\n");
    }

    @Test
    void aProgramThatIsQuitEarlyIsNoMistake() {
        assertThat(screen.page("head -1 >/dev/null", Map.of(), LONG)).isTrue();
        assertThat(screen.page("exit 3", Map.of(), LONG)).isTrue();
    }

    @Test
    void aProgramThatIsNotThereHasShownNothing() {
        assertThat(screen.page("exec 2>/dev/null; /no/such/pager", Map.of(), LONG))
                .isFalse();
        assertThat(screen.page("exit 127", Map.of(), LONG)).isFalse();
    }
}
