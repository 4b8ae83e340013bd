package dev.sallyport.tests.bed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;

/// A stream in which a byte that is missing, or is there twice, shows.
public final class NumberedLines {

    /// Writes `line 1`, `line 2`, … to stdout and `error 1`, … to stderr, until a line comes on stdin; then
    /// `end`.
    ///
    /// It looks for input, and waits on a pipe of its own: bash's `read -t` on stdin drops the byte that it has
    /// just read when its time is over then, and with it, now and then, the end of the line.
    public static final String SCRIPT =
            "exec 9<> <(:); i=0; until read -t 0; do i=$((i+1)); echo line $i; echo error $i >&2; "
                    + "read -t 0.02 -u 9; done; read; echo end";

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
