package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.cli.run.Run;
import dev.sallyport.cli.run.Surroundings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// `docs/sally.1` is what the program says of itself. Run with `-Dsally.reference=write` to write it anew.
class ManPageTest {

    private static final Path FILE = Path.of("..", "docs", "sally.1");

    @Test
    void theManPageIsWhatTheProgramSays() throws IOException {
        String page;
        try (var run = new Run(Surroundings.ofProcess())) {
            page = ManPage.of(Sally.commands(run, any -> true));
        }
        if ("write".equals(System.getProperty("sally.reference"))) {
            Files.writeString(FILE, page);
        }
        assertThat(Files.readString(FILE))
                .as("docs/sally.1 is not current: run this test with -Dsally.reference=write")
                .isEqualTo(page);
        assertThat(page)
                .contains(
                        "sally apply", "\\fB\\-\\-prune\\fR", "sally admin connections create", "there is a difference")
                .as("nothing that picocli would have filled in is left")
                .doesNotContain("${", "%n");
    }

    @Test
    void groffHasNothingToSayAboutIt() throws IOException, InterruptedException {
        var groff = new ProcessBuilder("groff", "-man", "-Tutf8", "-ww", "-z", FILE.toString())
                .redirectErrorStream(true)
                .start();
        var said = new String(groff.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(groff.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(said).isEmpty();
        assertThat(groff.exitValue()).isZero();
    }

    @Test
    void nothingInATextIsARequestOrAnEscape() {
        assertThat(ManPage.text(".SH \\fBx 'y' -z")).isEqualTo("\\&.SH \\efBx \\(aqy\\(aq \\-z");
    }
}
