package dev.sallyport.cli;

import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Run;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Prints what a shell needs to complete words: commands and options as they are in this version, and the names of
/// connections as the API has them when somebody presses the key.
@Command(
        name = "completion",
        header = "Print what a shell needs to complete words of sally.",
        description = "Names of connections, too; they are asked of the API, as  sally ls --names.",
        footer = {
            "",
            "Examples:",
            "  sally completion bash > ~/.local/share/bash-completion/completions/sally",
            "  sally completion zsh > ~/.zsh/completions/_sally     # a folder of $fpath",
            "  source <(sally completion zsh)                       # after compinit"
        })
final class Completion extends Action {

    /// Shells.
    enum Shell {
        bash,
        zsh
    }

    // Names are read line by line: compgen -W would expand what stands in them.
    private static final String CONNECTIONS = """

            # Names of connections behind  sally connect  and  sally exec.
            function _sally_connections() {
              local name
              COMPREPLY=()
              while IFS= read -r name; do
                case "$name" in
                  "$1"*) COMPREPLY+=("$name") ;;
                esac
              done < <("$2" ls --names 2>/dev/null </dev/null)
            }

            function _sally_words() {
              local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"
              case "${COMP_WORDS[1]}" in
                connect|exec)
                  if [ "$COMP_CWORD" -gt 1 ]; then
                    case "$before" in
                      --as|--identity|-i|--file|-f|--config|=) ;;
                      connect|exec|-t|--table|--dry-run|--*=*)
                        case "$word" in
                          -*) ;;
                          *) _sally_connections "$word" "$1"; return 0 ;;
                        esac ;;
                    esac
                  fi ;;
              esac
              _complete_sally "$@"
            }

            complete -o default -F _sally_words sally
            """;

    @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}.")
    private Shell shell = Shell.bash;

    Completion(Run run) {
        super(run);
    }

    @Override
    public Integer call() {
        var sally = Sally.commands(run, any -> true);
        run.out()
                .print(
                        switch (shell) {
                            case bash -> AutoComplete.bash("sally", sally) + CONNECTIONS;
                            case zsh -> ZshCompletion.of(sally);
                        });
        return ExitCode.OK;
    }
}
