package dev.sallyport.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// Writes the completion of zsh for the commands as they are: a `#compdef` file of functions, one a command, in terms
/// of
/// `_arguments` and `_describe` (zshcompsys(1), "Utility Functions").
///
/// What comes from the commands stands in single quotes; names of connections are asked for when a key is pressed, and
/// nothing in them is expanded.
final class ZshCompletion {

    private static final String HEAD = """
            #compdef sally
            # Words of sally for zsh: as _sally in a folder of $fpath, or by  source <(sally completion zsh)  after compinit.

            _sally_connections() {
              local -a names
              names=("${(@f)$(_call_program connections "${(q)sally}" ls --names 2>/dev/null </dev/null)}")
              names=("${(@)names:#}")
              compadd -a "$@" names
            }
            """;

    // Autoloaded, this file is the body of the function that it defines.
    private static final String TAIL = """

            if [[ ${funcstack[1]} == _sally ]]; then
              _sally "$@"
            else
              compdef _sally sally
            fi
            """;

    private final StringBuilder script = new StringBuilder(HEAD);

    private ZshCompletion() {}

    static String of(CommandLine sally) {
        var completion = new ZshCompletion();
        completion.command(sally, "_sally");
        return completion.script.append(TAIL).toString();
    }

    private void command(CommandLine command, String function) {
        boolean top = function.equals("_sally");
        line("");
        line(function + "() {");
        if (top) {
            line("  local sally=${words[1]}");
        }
        line("  local curcontext=\"$curcontext\" state state_descr line");
        line("  local -A opt_args");
        var arguments = new ArrayList<String>();
        command.getCommandSpec().options().stream()
                .filter(option -> !option.hidden())
                .forEach(option -> arguments.add(option(option)));
        var subcommands = command.getSubcommands();
        if (subcommands.isEmpty()) {
            command.getCommandSpec().positionalParameters().forEach(one -> arguments.add(positional(function, one)));
        } else {
            arguments.add(quoted("1: :->command"));
            arguments.add(quoted("*:: :->words"));
        }
        line("  _arguments -s -C \\");
        line("    " + String.join(" \\\n    ", arguments));
        if (!subcommands.isEmpty()) {
            line("  case $state in");
            line("    command)");
            line("      local -a commands=(");
            subcommands.forEach((name, one) -> line("        "
                    + quoted(name + ":"
                            + text(String.join(
                                    " ", one.getCommandSpec().usageMessage().header())))));
            line("      )");
            line("      _describe -t commands command commands ;;");
            line("    words)");
            line("      case ${words[1]} in");
            subcommands.keySet().forEach(name -> line("        " + name + ") " + function + "_" + name + " ;;"));
            line("      esac ;;");
            line("  esac");
        }
        line("}");
        subcommands.forEach((name, one) -> command(one, function + "_" + name));
    }

    /// Of an option: what it excludes, its names, what it says, and what follows it.
    private static String option(OptionSpec option) {
        var names = option.names();
        boolean takes = option.arity().max() > 0;
        var says = "[" + bracketed(described(option)) + "]" + (takes ? value(option) : "");
        var written = Arrays.stream(names)
                .map(name -> takes && name.startsWith("--") ? name + "=" : name)
                .toList();
        var head = option.isMultiValue() ? "*" : names.length == 1 ? "" : "(" + String.join(" ", names) + ")";
        return written.size() == 1
                ? quoted(head + written.getFirst() + says)
                : quoted(head) + "{" + String.join(",", written) + "}" + quoted(says);
    }

    private static String positional(String function, PositionalParamSpec one) {
        boolean connection = List.of("_sally_connect", "_sally_exec").contains(function)
                && one.index().min() == 0;
        boolean many = one.index().max() > one.index().min();
        var head = many ? "*" : Integer.toString(one.index().min() + 1);
        return quoted(head + (connection ? ":" + message(one.paramLabel()) + ":_sally_connections" : value(one)));
    }

    /// What a value is called, and where its words come from: those that there are, files, or nowhere.
    private static String value(ArgSpec spec) {
        @Nullable Iterable<String> candidates = spec.completionCandidates();
        var action = " ";
        if (candidates != null) {
            action = "(" + String.join(" ", candidates) + ")";
        } else if (List.of("FILE", "FOLDER").contains(spec.paramLabel())) {
            action = "_files";
        }
        return ":" + message(spec.paramLabel()) + ":" + action;
    }

    private static String described(ArgSpec spec) {
        return text(Ansi.OFF.string(String.join(" ", spec.description())));
    }

    /// On one line, without control characters.
    private static String text(String text) {
        return text.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
    }

    /// Within the brackets that hold what an option says.
    private static String bracketed(String text) {
        return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]");
    }

    private static String message(String text) {
        return text(text).replace("\\", "\\\\").replace(":", "\\:");
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    private void line(String line) {
        script.append(line).append('\n');
    }
}
