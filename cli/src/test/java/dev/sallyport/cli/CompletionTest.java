package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Connections;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What bash and zsh themselves make of the scripts.
class CompletionTest {

    @TempDir
    private Path folder;

    private Path script;

    @BeforeEach
    void start() throws IOException {
        var ran = new TestingSally(folder).run("completion", "bash");
        assertThat(ran.code()).as(ran.err()).isZero();
        script = Files.writeString(folder.resolve("sally.bash"), ran.out());
        var names = "printf '%s\\n' bash basic '$(touch " + folder + "/expanded)' web-1";
        var fake = Files.writeString(
                folder.resolve("sally"), "#!/bin/sh\n[ \"$*\" = 'ls --names' ] || exit 1\n" + names + "\n");
        Files.setPosixFilePermissions(fake, PosixFilePermissions.fromString("rwx------"));
    }

    private String bash(String... words) throws IOException, InterruptedException {
        var builder = new ProcessBuilder("bash", "--norc", "--noprofile");
        builder.command().addAll(List.of(words));
        builder.environment().put("PATH", folder + ":" + System.getenv("PATH"));
        var bash = builder.redirectErrorStream(true).start();
        var said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(bash.exitValue()).as(said).isZero();
        return said;
    }

    /// The words offered for the last of these, by the function that bash has for sally.
    private List<String> offered(String... words) throws IOException, InterruptedException {
        var quoted = new StringBuilder();
        for (var word : words) {
            quoted.append(" '").append(word).append('\'');
        }
        return bash("-c", """
                compopt() { :; }  # bash has it only while a key is pressed
                source '%s'
                COMP_WORDS=(sally%s); COMP_CWORD=%d; COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}
                function_of_sally=$(complete -p sally | sed 's/.*-F \\([^ ]*\\).*/\\1/')
                $function_of_sally sally "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}" || true
                [ ${#COMPREPLY[@]} = 0 ] || printf '%%s\\n' "${COMPREPLY[@]}"
                """.formatted(script, quoted, words.length))
                .lines()
                .map(String::strip)
                .toList();
    }

    @Test
    void bashTakesTheScript() throws Exception {
        assertThat(bash("-n", script.toString())).isEmpty();
    }

    @Test
    void commandsAndOptionsAreOffered() throws Exception {
        assertThat(offered("")).contains("connect", "exec", "ssh-config", "sessions", "admin", "login");
        assertThat(offered("sess")).containsExactly("sessions");
        assertThat(offered("sessions", "")).contains("replay", "verify");
        assertThat(offered("admin", "connections", "create", "--rec")).contains("--recording", "--recording-level");
        assertThat(offered("connect", "--dr")).containsExactly("--dry-run");
    }

    @Test
    void connectionsAreOfferedByNameAndNothingInThemIsExpanded() throws Exception {
        for (var command : List.of("connect", "exec")) {
            assertThat(offered(command, "ba")).containsExactly("bash", "basic");
            assertThat(offered(command, "-t", "w")).containsExactly("web-1");
            assertThat(offered(command, "")).hasSize(4).contains("$(touch " + folder + "/expanded)");
        }
        assertThat(offered("connect", "--as", "ba")).doesNotContain("bash");
        assertThat(offered("exec", "--table", "w")).containsExactly("web-1");
        assertThat(offered("exec", "bash", "-f", "ba")).doesNotContain("bash");
        assertThat(folder.resolve("expanded")).doesNotExist();
    }

    // Types a line into a zsh of its own, presses the key, and says what was offered (zshmodules(1), zpty).
    private static final String TYPED = """
            zmodload zsh/zpty
            export PATH=$1:$PATH TERM=dumb OFFERED=$1/offered
            zpty shell zsh -f -i
            zpty -w shell "
            PROMPT= RPROMPT=
            fpath=($1 \\$fpath); autoload -Uz compinit; compinit -u -D
            [[ $2 = sourced ]] && source $1/_sally
            compadd() {
              if [[ \\${@[1,(i)(-|--)]} != *-(O|A|D)\\\\ * ]]; then
                local -a hits; builtin compadd -A hits \\"\\$@\\"
                [[ \\${#hits} = 0 ]] || print -rl -- \\$hits >>\\$OFFERED
              fi
              builtin compadd \\"\\$@\\"
            }
            zle -C offered list-choices _main_complete
            offer() { zle offered; exit }
            zle -N offer; bindkey '^I' offer
            print ready
            "
            zpty -r shell said '*ready*ready*'
            zpty -w -n shell "$3"$'\\t'
            while zpty -r shell said; do :; done 2>/dev/null
            [[ ! -e $OFFERED ]] || cat $OFFERED
            """;

    private List<String> offeredByZsh(String how, String line) throws IOException, InterruptedException {
        Files.deleteIfExists(folder.resolve("offered"));
        var zsh = new ProcessBuilder("zsh", "-f", "-c", TYPED, "zsh", folder.toString(), how, line)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        zsh.getOutputStream().close();
        var said = new String(zsh.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(zsh.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(zsh.exitValue()).as(said).isZero();
        return said.lines().toList();
    }

    private void forZsh() throws IOException {
        var ran = new TestingSally(folder).run("completion", "zsh");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out()).startsWith("#compdef sally\n");
        Files.writeString(folder.resolve("_sally"), ran.out());
    }

    @Test
    void zshOffersCommandsOptionsAndTheirWords() throws Exception {
        forZsh();
        for (var how : List.of("autoloaded", "sourced")) {
            assertThat(offeredByZsh(how, "sally "))
                    .contains("connect", "exec", "ssh-config", "sessions", "admin", "login");
        }
        assertThat(offeredByZsh("autoloaded", "sally sess")).containsExactly("sessions");
        assertThat(offeredByZsh("autoloaded", "sally sessions ")).contains("replay", "verify");
        assertThat(offeredByZsh("autoloaded", "sally admin connections create --rec"))
                .contains("--recording", "--recording-level");
        assertThat(offeredByZsh("autoloaded", "sally connect --dr")).containsExactly("--dry-run");
        assertThat(offeredByZsh("autoloaded", "sally ls -o ")).containsExactly("table", "json");
        assertThat(offeredByZsh("autoloaded", "sally apply -f _sa")).contains("_sally");
        assertThat(new TestingSally(folder).run("completion", "fish").code()).isEqualTo(2);
    }

    @Test
    void zshOffersConnectionsByNameAndNothingInThemIsExpanded() throws Exception {
        forZsh();
        for (var command : List.of("connect", "exec")) {
            assertThat(offeredByZsh("autoloaded", "sally " + command + " ba")).containsExactly("bash", "basic");
            assertThat(offeredByZsh("autoloaded", "sally " + command + " "))
                    .hasSize(4)
                    .anyMatch(name -> name.contains("expanded"));
        }
        assertThat(offeredByZsh("autoloaded", "sally connect -t w")).containsExactly("web-1");
        assertThat(offeredByZsh("autoloaded", "sally connect --as ba")).isEmpty();
        assertThat(folder.resolve("expanded")).doesNotExist();
    }

    @Test
    void namesAreALineEachAndOnlyThoseThatAre() throws IOException {
        try (var api = new TestingApi()) {
            api.on(
                    "GET /v1/connections",
                    new Connections.Page(
                            List.of(TestingApi.connection("web-1"), TestingApi.connection("a b\u001b[31m")), null));
            assertThat(TestingSally.with(folder, api).run("ls", "--names").out())
                    .isEqualTo("web-1\n");
        }
    }
}
