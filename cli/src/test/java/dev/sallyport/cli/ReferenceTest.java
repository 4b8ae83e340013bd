package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.cli.run.Run;
import dev.sallyport.cli.run.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/// `docs/cli.md` is what the program says of itself. Run with `-Dsally.reference=write` to write it anew.
class ReferenceTest {

    private static final Path FILE = Path.of("..", "docs", "cli.md");

    @Test
    void theReferenceIsWhatTheProgramSays() throws IOException {
        var reference = reference();
        if ("write".equals(System.getProperty("sally.reference"))) {
            Files.writeString(FILE, reference);
        }
        assertThat(Files.readString(FILE))
                .as("docs/cli.md is not current: run this test with -Dsally.reference=write")
                .isEqualTo(reference);
    }

    private static String reference() {
        try (var run = new Run(Surroundings.ofProcess())) {
            var text = new StringBuilder("""
                    # The `sally` command
                    Written by the program itself (`ReferenceTest`); change the commands, not this file.

                    The configuration is a JSON object: `url` and `key` (an API key, `sally_…`), and where they are \
                    needed `tenant_key` (the
                    tenant's public key, for `verify`), `ssh_config` (a file for `ssh -F`), `ssh_host`, `ssh_port`, \
                    `host_ca` and `login`.
                    `make up` writes one. A file with a key in it is for its owner's eyes only (mode 0600).

                    With `-o json` a command prints the API's own records ([API](api.md)). What users and targets \
                    wrote is never printed
                    as it is: what could act on a terminal is spelled out, as `\\x1b`.
                    """);
            write(text, Sally.commands(run, any -> true), 2);
            return text.toString();
        }
    }

    private static void write(StringBuilder text, CommandLine command, int depth) {
        var spec = command.getCommandSpec();
        text.append('\n')
                .append("#".repeat(Math.min(depth, 4)))
                .append(" `")
                .append(spec.qualifiedName())
                .append("`\n");
        text.append("```\n").append(command.getUsageMessage(Ansi.OFF).strip()).append("\n```\n");
        command.getSubcommands().values().forEach(each -> write(text, each, depth + 1));
    }
}
