package dev.sallyport.inspect.masking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.policy.DefaultMasking;
import dev.sallyport.core.secret.Secret;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class StreamMaskTest {

    private static final String RED = "\u001b[31m";
    private static final String PLAIN = "\u001b[0m";
    private static final String TITLE = "\u001b]0;a title\u0007";

    private static StreamMask stream() {
        return RuleMasking.ofAll(DefaultMasking.rules(), Secret.of(new byte[32])).stream();
    }

    private static String through(String text, int... cuts) {
        var mask = stream();
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var out = new ByteArrayOutputStream();
        int at = 0;
        for (int cut : cuts) {
            out.writeBytes(mask.feed(bytes, at, cut));
            at = cut;
        }
        out.writeBytes(mask.feed(bytes, at, bytes.length));
        out.writeBytes(mask.flush());
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aLineIsMaskedAndOtherLinesStay() {
        assertThat(through("id\tmail\n1\tbob@example.com\n2\tnobody\n")).isEqualTo("id\tmail\n1\t[email]\n2\tnobody\n");
        assertThat(through("$ ")).isEqualTo("$ ");
    }

    @Test
    void coloursAndBackspacesInsideDoNotHide() {
        assertThat(through("card " + RED + "4111 1111" + PLAIN + " 1111 1111 ok\n"))
                .isEqualTo("card " + RED + "**** **** **** 1111" + PLAIN + " ok\n");
        assertThat(through("bob@exx\bam" + TITLE + "ple.com\n")).isEqualTo("[email]" + TITLE + "\n");
    }

    @Test
    void aPrivateKeyIsWithheldToItsLastLine() {
        var key = "-----BEGIN RSA " + "PRIVATE KEY-----\nAAAA\nBBBB\n-----END RSA " + "PRIVATE KEY-----\n";
        assertThat(through("cat key\n" + key + "$ ls\n")).isEqualTo("cat key\n[private-key]\n\n$ ls\n");
        assertThat(through(key.substring(0, 45))).doesNotContain("AAAA");
    }

    @Test
    void whereTheStreamIsCutDoesNotMatter() {
        var text =
                "a " + RED + "bob@example.com" + PLAIN + " paid 4111 1111 1111 1111\r\ncall +44 20 79 \r46 0958 now\n"
                        + "-----BEGIN " + "PRIVATE KEY-----\nabc\n-----END " + "PRIVATE KEY-----\nü 219-09-9999 end";
        var whole = through(text);
        assertThat(whole)
                .doesNotContain("bob@")
                .doesNotContain("0958")
                .doesNotContain("abc")
                .doesNotContain("219-09");
        int length = text.getBytes(StandardCharsets.UTF_8).length;
        for (int first = 0; first <= length; first++) {
            assertThat(through(text, first)).as("cut at %d", first).isEqualTo(whole);
            for (int second = first; second <= length; second += 7) {
                assertThat(through(text, first, second)).isEqualTo(whole);
            }
        }
    }

    @Test
    void aLineWithoutAnEndIsHeldWithinABound() {
        var random = new Random(3);
        var text = new StringBuilder();
        while (text.length() < 5 * StreamMask.LONGEST_HELD) {
            text.append(random.nextInt(40) == 0 ? "4111 1111 1111 1111, " : "some words, ");
        }
        var whole = through(text.toString());
        assertThat(whole).doesNotContain("4111");
        for (int i = 0; i < 40; i++) {
            int cut = random.nextInt(text.length());
            assertThat(through(text.toString(), cut)).isEqualTo(whole);
        }
        var mask = stream();
        var zeros = new byte[10 * StreamMask.LONGEST_HELD];
        assertThat(mask.feed(zeros, 0, zeros.length).length).isGreaterThanOrEqualTo(9 * StreamMask.LONGEST_HELD);
    }

    @Test
    void aValueOfHalfOfWhatIsHeldIsFoundWhereverItStands() {
        var token =
                "eyJ" + "a".repeat(100) + "." + "b".repeat(StreamMask.LONGEST_HELD / 2 - 300) + "." + "c".repeat(50);
        for (int before = 0; before < 2 * StreamMask.LONGEST_HELD; before += 997) {
            assertThat(through("x ".repeat(before / 2) + token + " y\n"))
                    .as("%d before", before)
                    .isEqualTo("x ".repeat(before / 2) + "[jwt] y\n");
        }
    }
}
