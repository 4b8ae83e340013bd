package dev.sallyport.core.recording.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.recording.Event.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class AsciicastTest {

    private static String cast(Told told, boolean input) throws IOException {
        var out = new StringBuilder();
        Asciicast.write(told, out, "", input);
        return out.toString();
    }

    @Test
    void aTerminalSession() throws IOException {
        var told = new Told()
                .add(Kind.REQUEST, "shell")
                .add(Kind.RESIZE, "100x30")
                .add(Kind.OUTPUT, "$ \u001b[1m\"x\"\\\r\n")
                .add(Kind.INPUT, "l\r")
                .add(Kind.RESIZE, "120x40")
                .add(Kind.HIDDEN_INPUT, "8")
                .add(Kind.EXIT, "status 0")
                .add(Kind.END, "Exited: over");
        var out = new StringBuilder();
        Asciicast.write(told, out, "a \"title\"", true);
        assertThat(out).hasToString("""
                {"version": 2, "width": 100, "height": 30, "timestamp": 1700000000, "title": "a \\"title\\""}
                [1.000000, "o", "$ \\u001b[1m\\"x\\"\\\\\\r\\n"]
                [1.500000, "i", "l\\r"]
                [2.000000, "r", "120x40"]
                [2.500000, "m", "hidden input of 8 bytes"]
                [3.500000, "m", "Exited: over"]
                """);
    }

    @Test
    void aMessageOfOursStandsOnALineOfItsOwnAsTheUserSawIt() throws IOException {
        var terminal =
                new Told().add(Kind.RESIZE, "80x24").add(Kind.OUTPUT, "$ ").add(Kind.MESSAGE, "over");
        assertThat(cast(terminal, false)).contains("\"o\", \"\\r\\nsally: over\\r\\n\"]");
        var pipe = new Told().add(Kind.OUTPUT, "x\n").add(Kind.MESSAGE, "over");
        assertThat(cast(pipe, false)).contains("\"o\", \"sally: over\\r\\n\"]");
    }

    @Test
    void inputIsLeftOutUnlessAskedFor() throws IOException {
        assertThat(cast(new Told().add(Kind.INPUT, "secret").add(Kind.OUTPUT, "x"), false))
                .doesNotContain("secret");
    }

    @Test
    void aCharacterCutBetweenEventsIsWhole() throws IOException {
        var bytes = "日本語👍".getBytes(StandardCharsets.UTF_8);
        for (int cut = 1; cut < bytes.length; cut++) {
            var cast = cast(
                    new Told()
                            .add(Kind.RESIZE, "80x24")
                            .add(Kind.OUTPUT, Arrays.copyOf(bytes, cut))
                            .add(Kind.ERROR, "e")
                            .add(Kind.OUTPUT, Arrays.copyOfRange(bytes, cut, bytes.length)),
                    false);
            var text = new StringBuilder();
            cast.lines()
                    .skip(1)
                    .map(line -> line.substring(line.indexOf("\", \"") + 4, line.length() - 2))
                    .forEach(text::append);
            assertThat(text.toString().replace("e", "")).isEqualTo("日本語👍");
        }
    }

    @Test
    void bytesThatAreNoTextAreReplacedAlsoAtTheEnd() throws IOException {
        assertThat(cast(
                        new Told().add(Kind.OUTPUT, new byte[] {'a', (byte) 0xff, 'b', (byte) 0xe2, (byte) 0x82}),
                        false))
                .endsWith("[0.000000, \"o\", \"a\ufffdb\"]\n[0.000000, \"o\", \"\ufffd\"]\n");
    }

    @Test
    void withoutATerminalLineFeedsBeginNewLines() throws IOException {
        assertThat(cast(
                        new Told()
                                .add(Kind.REQUEST, "exec ls")
                                .add(Kind.OUTPUT, "a\nb\r")
                                .add(Kind.OUTPUT, "\nc"),
                        false))
                .contains("\"a\\r\\nb\\r\"", "\"\\nc\"");
    }

    @Test
    void aRecordingWithoutEventsIsAHeader() throws IOException {
        assertThat(cast(new Told(), false))
                .isEqualTo("{\"version\": 2, \"width\": 80, \"height\": 24, \"timestamp\": 0}\n");
    }

    @Test
    void linesOfJsonKeepEverything() throws IOException {
        var out = new StringBuilder();
        JsonLines.write(
                new Told()
                        .add(Kind.REQUEST, "shell")
                        .add(Kind.OUTPUT, "a\u2028\u001b\n")
                        .add(Kind.OUTPUT, new byte[] {(byte) 0xff})
                        .add(Kind.HIDDEN_INPUT, "3"),
                out);
        assertThat(out).hasToString("""
                {"number":0,"time":"2023-11-14T22:13:20Z","kind":"REQUEST","text":"shell"}
                {"number":1,"time":"2023-11-14T22:13:20.500Z","kind":"OUTPUT","offset":0,"text":"a\\u2028\\u001b\\n"}
                {"number":2,"time":"2023-11-14T22:13:21Z","kind":"OUTPUT","offset":6,"base64":"/w=="}
                {"number":3,"time":"2023-11-14T22:13:21.500Z","kind":"HIDDEN_INPUT","offset":0,"text":"3"}
                """);
    }
}
