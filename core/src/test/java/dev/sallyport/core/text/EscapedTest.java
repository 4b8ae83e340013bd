package dev.sallyport.core.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EscapedTest {

    @Test
    void lettersOfAnyScriptPass() {
        for (var text : new String[] {"hello", "Grüße", "日本語", "עברית", "हिन्दी", "a\\b", "👍", "e\u0301"}) {
            assertThat(Escaped.of(text)).isEqualTo(text);
        }
    }

    @Test
    void whatMovesTheCursorIsShown() {
        assertThat(Escaped.of("\u001b[2J\u0007\r\n\t\u007f\u009b31m")).isEqualTo("\\x1b[2J\\x07\\r\\n\\t\\x7f\\x9b31m");
    }

    @Test
    void whatReordersOrHidesTextIsShown() {
        assertThat(Escaped.of("a\u202eb\u2066c\u200bd\u2028e\ufefff\u00adg"))
                .isEqualTo("a\\u202eb\\u2066c\\u200bd\\u2028e\\ufefff\\xadg");
        assertThat(Escaped.of(new String(Character.toChars(0xe0041)))).isEqualTo("\\U000e0041");
        assertThat(Escaped.of("\ue000\uffff\ud800")).isEqualTo("\\ue000\\uffff\\ud800");
        assertThat(Escaped.of("\u3164\ufe0f")).isEqualTo("\\u3164\\ufe0f");
    }

    @Test
    void aPileOfMarksIsCutShort() {
        assertThat(Escaped.of("a" + "\u0301".repeat(6))).isEqualTo("a" + "\u0301".repeat(4) + "\\u0301\\u0301");
    }

    @Test
    void bytesThatAreNoTextAreShown() {
        assertThat(Escaped.utf8(new byte[] {'a', (byte) 0xff, 'b', (byte) 0xc3}))
                .isEqualTo("a\\xffb\\xc3");
        assertThat(Escaped.utf8("ü".getBytes(StandardCharsets.UTF_8))).isEqualTo("ü");
        assertThat(Escaped.utf8(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}))
                .isEqualTo("\\xed\\xa0\\x80");
    }

    @Test
    void linesStayLines() {
        assertThat(Escaped.lines("a\r\nb\tc\n\u001bd\re")).isEqualTo("a\nb\tc\n\\x1bd\\re");
    }

    @Test
    void longTextIsCutAndSaysSo() {
        assertThat(Escaped.of("abcdef", 4)).isEqualTo("abc…");
        assertThat(Escaped.of("ab\ud83d\ude00def", 4))
                .as("a character is cut off whole or not at all")
                .isEqualTo("ab…");
        assertThat(Escaped.of("abcd", 4)).isEqualTo("abcd");
        assertThat(Escaped.of("\u001b\u001b", 4)).hasSize(4).endsWith("…");
    }

    @Test
    void whateverComesInNothingControllingComesOut() {
        var random = new Random(11);
        for (int i = 0; i < 5000; i++) {
            var bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            assertThat(Escaped.utf8(bytes).codePoints())
                    .allMatch(c -> c >= 0x20 && !Character.isISOControl(c) && Character.getType(c) != Character.FORMAT);
        }
    }
}
