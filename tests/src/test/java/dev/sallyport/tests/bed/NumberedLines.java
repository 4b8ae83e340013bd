package dev.sallyport.tests.bed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;

/// A stream in which a byte that is missing, or is there twice, shows.
public final class NumberedLines {

    /// Writes `line 1`, `line 2`, … to stdout and `error 1`, … to stderr, until a line comes on stdin; then
    /// `end`.
    public static final String SCRIPT =
            "i=0; until read -t 0.02; do i=$((i+1)); echo line $i; echo error $i >&2; done; echo end";

    private NumberedLines() {}

    /// Checks that these are lines from 1 on, each once and in order.
    public static void check(String word, String text) {
        var lines = text.lines().toList();
        assertThat(lines)
                .isEqualTo(IntStream.rangeClosed(1, lines.size())
                        .mapToObj(number -> word + number)
                        .toList());
    }
}
