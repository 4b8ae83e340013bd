package dev.sallyport.cli;

import dev.sallyport.core.text.Escaped;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Writes `sally(1)` of the commands, in the macros of man(7).
final class ManPage {

    private final StringBuilder page = new StringBuilder();

    private ManPage() {}

    static String of(CommandLine sally) {
        var man = new ManPage();
        man.write(sally);
        return man.page.toString();
    }

    private void write(CommandLine sally) {
        var spec = sally.getCommandSpec();
        var usage = spec.usageMessage();
        page.append(".\\\" Written by the program itself (ManPageTest); change the commands, not this file.\n");
        line(".TH SALLY 1 \"\" Sallyport \"Sallyport\"");
        line(".SH NAME");
        line("sally \\- " + text(String.join(" ", usage.header()).replaceFirst("\\.$", "")));
        line(".SH SYNOPSIS");
        line(".B sally");
        line("[\\fIOPTIONS\\fR] \\fICOMMAND\\fR");
        line(".SH DESCRIPTION");
        line(text("Engineers reach servers, databases and internal services through Sallyport with plain ssh, scp,"
                + " sftp, rsync and git. sally lists what you may reach, shows and verifies what was recorded, and is"
                + " what admins configure it with."));
        line(".SH OPTIONS");
        options(spec);
        line(".SH COMMANDS");
        sally.getSubcommands().values().forEach(this::command);
        line(".SH EXIT STATUS");
        usage.exitCodeList().forEach((code, meaning) -> tagged("\\fB" + text(code.strip()) + "\\fR", meaning));
        line(".SH ENVIRONMENT");
        tagged(
                "\\fBSALLY_PAGER\\fR, \\fBPAGER\\fR",
                "What shows lists that are longer than the terminal; cat: nothing does.");
        tagged("\\fBNO_COLOR\\fR, \\fBTERM\\fR", "No colours where NO_COLOR is set, or where TERM is dumb.");
        tagged("\\fBSALLY_DEBUG\\fR", "Where set, a mistake of the program says where it is.");
        line(".SH FILES");
        tagged("\\fI.sallyport/cli.json\\fR", "The configuration, in this folder or one above.");
        tagged("\\fI~/.config/sallyport/cli.json\\fR", "The configuration otherwise; what sally login writes.");
        line(".SH SEE ALSO");
        line(".BR ssh (1),");
        line(".BR ssh_config (5)");
    }

    private void command(CommandLine command) {
        var spec = command.getCommandSpec();
        var usage = spec.usageMessage();
        line(".SS \"" + text(spec.qualifiedName()).replace("\"", "\\(dq") + "\"");
        line(text(String.join(" ", usage.header())));
        if (!command.getSubcommands().isEmpty()) {
            command.getSubcommands().values().forEach(this::command);
            return;
        }
        if (usage.description().length > 0) {
            line(".PP");
            line(text(String.join(" ", usage.description())));
        }
        line(".PP");
        line(text(command.getHelp().synopsis(0).strip().replaceAll("\\s+", " ")));
        spec.positionalParameters()
                .forEach(one -> tagged("\\fI" + text(one.paramLabel()) + "\\fR", described(one.description())));
        options(spec);
        if (!usage.exitCodeList().isEmpty()) {
            line(".PP");
            line("Exit status:");
            usage.exitCodeList().forEach((code, meaning) -> tagged("\\fB" + text(code.strip()) + "\\fR", meaning));
        }
        footer(usage.footer());
    }

    /// Its own options; those of all commands stand at the top.
    private void options(CommandSpec spec) {
        for (OptionSpec option : spec.options()) {
            if (option.hidden() || (option.inherited() && spec.parent() != null)) {
                continue;
            }
            var names = String.join(
                    ", ",
                    Arrays.stream(option.names())
                            .map(name -> "\\fB" + text(name) + "\\fR")
                            .toList());
            boolean flag = option.arity().max() == 0;
            tagged(names + (flag ? "" : " \\fI" + text(option.paramLabel()) + "\\fR"), described(option.description()));
        }
    }

    /// What picocli would put into a description.
    private static String described(String[] description) {
        return Ansi.OFF.string(String.join(" ", description));
    }

    /// Examples stay as they are; sentences are filled.
    private void footer(String[] footer) {
        boolean example = false;
        for (var raw : footer) {
            for (var one : raw.replace("%n", "\n").lines().toList()) {
                boolean indented = one.startsWith("  ");
                if (indented && !example) {
                    line(".PP");
                    line(".nf");
                }
                if (!indented && example) {
                    line(".fi");
                }
                if (!indented && !one.isBlank()) {
                    line(".PP");
                }
                if (!one.isBlank()) {
                    line(text(one));
                }
                example = indented;
            }
        }
        if (example) {
            line(".fi");
        }
    }

    private void tagged(String tag, String text) {
        line(".TP");
        line(tag);
        line(text(text));
    }

    private void line(String line) {
        page.append(line).append('\n');
    }

    /// Text that does nothing to a roff: no control line, no escape, hyphens that can be copied.
    static String text(String text) {
        var safe = new StringBuilder();
        text.strip().codePoints().forEach(point -> {
            switch (point) {
                case '\\' -> safe.append("\\e");
                case '-' -> safe.append("\\-");
                case '~' -> safe.append("\\(ti");
                case '^' -> safe.append("\\(ha");
                case '`' -> safe.append("\\(ga");
                case '\'' -> safe.append("\\(aq");
                case '"' -> safe.append("\\(dq");
                case '…' -> safe.append("...");
                default -> safe.append(Escaped.of(Character.toString(point)));
            }
        });
        return List.of(".", "'").stream().anyMatch(one -> safe.toString().startsWith(one))
                ? "\\&" + safe
                : safe.toString();
    }
}
