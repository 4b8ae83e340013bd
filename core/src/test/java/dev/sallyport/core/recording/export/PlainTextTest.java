package dev.sallyport.core.recording.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.recording.Event.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PlainTextTest {

    private static String text(Told told) throws IOException {
        var out = new StringBuilder();
        PlainText.write(told, out);
        return out.toString();
    }

    private static String text(String output) throws IOException {
        return text(new Told().add(Kind.OUTPUT, output));
    }

    @Test
    void coloursAndTitlesAreLeftOut() throws IOException {
        assertThat(text("\u001b]0;title\u0007\u001b[1;31mred\u001b[0m \u001b(Bplain\u001bP1$r\u001b\\!\r\n"))
                .isEqualTo("red plain!\n");
        assertThat(text("\u009b31mred\u009dtitle\u009cx")).isEqualTo("redx\n");
    }

    @Test
    void editedLinesReadAsTheyLooked() throws IOException {
        assertThat(text("lss\b\u001b[K -l\r\n")).isEqualTo("ls -l\n");
        assertThat(text("10%\r50%\r100%\n")).isEqualTo("100%\n");
        assertThat(text("abc\u001b[2D\u001b[1@X\n")).isEqualTo("aXbc\n");
        assertThat(text("abc\u001b[2D\u001b[Px\n")).isEqualTo("ax\n");
        assertThat(text("a\tb\n")).isEqualTo("a       b\n");
    }

    @Test
    void whatFilledTheScreenIsTold() throws IOException {
        assertThat(text("before\r\n\u001b[?1049hvim~\r\n~\u001b[?1049lafter\r\n"))
                .isEqualTo("before\n[a program that fills the screen]\nafter\n");
    }

    @Test
    void whereverItIsCutTheTextIsTheSame() throws IOException {
        var bytes = "\u001b]0;日本\u0007\u001b[1mübel\u001b[0m\r\nabc\b\bX\u001b[K\n".getBytes(StandardCharsets.UTF_8);
        for (int cut = 1; cut < bytes.length; cut++) {
            assertThat(text(new Told()
                            .add(Kind.OUTPUT, Arrays.copyOf(bytes, cut))
                            .add(Kind.OUTPUT, Arrays.copyOfRange(bytes, cut, bytes.length))))
                    .isEqualTo("übel\naX\n");
        }
    }

    @Test
    void garbageGivesNothingThatControlsATerminal() throws IOException {
        var random = new Random(13);
        for (int i = 0; i < 500; i++) {
            var bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            for (int n = 0; n + 2 < bytes.length; n += 7) {
                bytes[n] = 0x1b;
                bytes[n + 1] = '[';
            }
            assertThat(text(new Told().add(Kind.OUTPUT, bytes)).codePoints())
                    .allMatch(c -> c == '\n' || !Character.isISOControl(c));
        }
    }

    @Test
    void hugeCountsDoNotMakeHugeLines() throws IOException {
        assertThat(text("\u001b[999999999Cx\u001b[999999999@y\u001b[G\u001b[99999999999999999999P")
                        .length())
                .isLessThan(20_010);
    }
}
