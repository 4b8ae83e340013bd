package dev.sallyport.cli.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TerminalFilterTest {

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String pass(String text) {
        return new String(new TerminalFilter().pass(bytes(text)), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain\r\n\ttext\u0007",
                "grüße, 世界 🎉 ß\u00a0",
                "\u001b[1;31mred\u001b[0m",
                "\u001b[?1049h\u001b[2J\u001b[10;20H\u001b[K\u001b[?25l",
                "\u001b7\u001b8\u001b=\u001b>\u001bM",
                "\u001b(B\u001b)0",
                "\u001b[4 q\u001b[!p",
                "\u001b[38;2;1;2;3m\u001b[38:5:200m"
            })
    void whatDrawsPasses(String drawing) {
        assertThat(pass(drawing)).isEqualTo(drawing);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u001b]0;title\u0007",
                "\u001b]52;c;ZXZpbA==\u001b\\",
                "\u001b]8;;http://evil\u001b\\",
                "\u001bP+q544e\u001b\\",
                "\u001b_Gi=1,a=q\u001b\\",
                "\u001b^private\u001b\\",
                "\u001bXstart\u001b\\",
                "\u001bktitle\u001b\\",
                "\u001b[c",
                "\u001b[>c",
                "\u001b[=c",
                "\u001b[5n",
                "\u001b[?6n",
                "\u001b[x",
                "\u001b[21t",
                "\u001b[?1$p",
                "\u001b[5i",
                "\u001b[>q",
                "\u001b[?u",
                "\u001b[>4;1m",
                "\u001b[1;1;1;1;1;1*y",
                "\u001bZ",
                "\u0005",
                "\u0000",
                "\u009d0;title\u009c",
                "\u009b6n",
                "\u0090q\u001b\\"
            })
    void whatMakesATerminalAnswerOrActIsDropped(String acting) {
        assertThat(pass("a" + acting + "b")).isEqualTo("ab");
    }

    @Test
    void theSameComesOutWhereverTheBytesAreCut() {
        var whole = bytes("é\u001b[1mb\u001b]0;t\u001b\\c\u001b[6nd\u009b6ne\u001b(0f世\u001bPq\u0007g");
        var expected = new TerminalFilter().pass(whole);
        for (int first = 0; first <= whole.length; first++) {
            for (int second = first; second <= whole.length; second++) {
                var filter = new TerminalFilter();
                var out = new ByteArrayOutputStream();
                out.writeBytes(filter.pass(java.util.Arrays.copyOfRange(whole, 0, first)));
                out.writeBytes(filter.pass(java.util.Arrays.copyOfRange(whole, first, second)));
                out.writeBytes(filter.pass(java.util.Arrays.copyOfRange(whole, second, whole.length)));
                assertThat(out.toByteArray())
                        .as("cut at %d and %d", first, second)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void aRawEightBitControlThatIsNoUtf8IsDropped() {
        var filter = new TerminalFilter();
        assertThat(filter.pass(new byte[] {'a', (byte) 0x9b, '6', 'n', (byte) 0xff, 'b'}))
                .isEqualTo(bytes("a6nb"));
    }

    @Test
    void aSequenceWithoutEndTakesNoMemoryAndIsDropped() {
        var filter = new TerminalFilter();
        assertThat(filter.pass(bytes("\u001b[" + "1;".repeat(100_000) + "m"))).isEmpty();
        assertThat(filter.pass(bytes("\u001b]" + "x".repeat(100_000)))).isEmpty();
        assertThat(filter.pass(bytes("\u0007ok"))).isEqualTo(bytes("ok"));
    }

    @Test
    void garbageNeverLetsAQueryThrough() {
        var random = new Random(7);
        var alphabet = bytes("\u001b\u001b[]P?>$ 016;ncxtpqmHab\u0007\\\u0018");
        for (int round = 0; round < 2_000; round++) {
            var garbage = new byte[64];
            for (int i = 0; i < garbage.length; i++) {
                garbage[i] =
                        random.nextInt(8) == 0 ? (byte) random.nextInt() : alphabet[random.nextInt(alphabet.length)];
            }
            var shown = new String(new TerminalFilter().pass(garbage), StandardCharsets.ISO_8859_1);
            assertThat(shown)
                    .doesNotContainPattern("\u001b\\[[0-9;?>$ ]*[cnxt]")
                    .doesNotContain("\u001b]", "\u001bP");
        }
    }
}
