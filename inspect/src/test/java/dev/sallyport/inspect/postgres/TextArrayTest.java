package dev.sallyport.inspect.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.inspect.database.Masked;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextArrayTest {

    private static final int MOST = 10;

    /// Texts with an `s` become `"\`, those with an `n` null.
    private static Masked element(byte[] text) {
        var read = new String(text, UTF_8);
        if (read.contains("n")) {
            return Masked.NULL;
        }
        return read.contains("s") ? new Masked.Text("\"\\".getBytes(UTF_8)) : Masked.SAME;
    }

    private static String masked(String array) {
        var bytes = ("before" + array + "after").getBytes(UTF_8);
        return switch (TextArray.mask(bytes, 6, bytes.length - 5, MOST, TextArrayTest::element)) {
            case Masked.Same() -> "same";
            case Masked.Null() -> "null";
            case Masked.Text(var text) -> new String(text, UTF_8);
        };
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{}                         | same",
                "{a,\"b c\",NULL}           | same",
                "{{a,b},{c,\"\"}}           | same",
                "[0:1]={a,b}                | same",
                "{s}                        | {\"\\\"\\\\\"}",
                "{a,s,\"x,y\"}              | {a,\"\\\"\\\\\",\"x,y\"}",
                "{NULL,n,\"NULL\"}          | {NULL,NULL,\"NULL\"}",
                "[-2:-1][3:3]={{n},{ä}}     | [-2:-1][3:3]={{NULL},{ä}}",
                "{\"a\\\"s\",\"}\"}         | {\"\\\"\\\\\",\"}\"}"
            })
    void eachElementIsMaskedForItself(String array, String expected) {
        assertThat(masked(array)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "[",
                "{",
                "}",
                "{\"",
                "{\"\\",
                "{a",
                "{}a",
                "{}{}",
                "{a}=",
                "[email]",
                "[1:2]=s",
                "{a\\s}",
                "{{{{{{{}}}}}}}",
                "{1,2,3,4,5,6,7,8,9,10,11}"
            })
    void whatIsNoArrayIsWithheld(String array) {
        assertThat(masked(array)).isEqualTo("null");
    }

    @Test
    void whateverComesNoElementIsLeftOut() {
        var random = new Random(5);
        var letters = List.of("{", "}", ",", "\"", "\\", "s", "a", "[1:1]=", "NULL", " ");
        for (int i = 0; i < 100_000; i++) {
            var text = new StringBuilder("{");
            for (int length = random.nextInt(10); length > 0; length--) {
                text.append(letters.get(random.nextInt(letters.size())));
            }
            var seen = new ArrayList<String>();
            var bytes = text.append('}').toString().getBytes(UTF_8);
            var outcome = TextArray.mask(bytes, 0, bytes.length, MOST, element -> {
                seen.add(new String(element, UTF_8));
                return new Masked.Text("x".getBytes(UTF_8));
            });
            if (outcome instanceof Masked.Text(var shown)) {
                assertThat(new String(shown, UTF_8)).as("%s", text).doesNotContain("s", "a");
            } else if (outcome instanceof Masked.Same) {
                assertThat(text.toString()).doesNotContain("s", "a");
                assertThat(seen).isEmpty();
            }
        }
    }
}
