package dev.sallyport.agent.target;

import dev.sallyport.core.connection.ConnectionDefinition;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Which of the variables that a client sent reach a target: `LANG`, `LC_*`, and the names on the connection's list.
///
/// Names by which a loader, a shell or an interpreter is told what to run are never taken from a client, whatever the
/// list says. (`TERM` comes with the terminal.)
public final class ClientEnvironment {

    /// Most variables that are taken.
    public static final int MOST = 64;

    /// Longest value, in characters.
    public static final int LONGEST = 4_096;

    private static final Pattern LOCALE_NAME = Pattern.compile("LANG|LC_[A-Z]{1,32}");

    /// A locale's name; with a `/` in it, the C library would read a file of the client's choice.
    private static final Pattern LOCALE = Pattern.compile("[A-Za-z0-9_.@=-]{0,64}");

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");

    private static final Pattern NEVER =
            Pattern.compile("LD_.*|DYLD_.*|GLIBC_TUNABLES|MALLOC_.*|GCONV_PATH|LOCPATH|NLSPATH"
                    + "|HOSTALIASES|LOCALDOMAIN|RES_OPTIONS|RESOLV_.*|BASH_.*|ENV|IFS|PATH|CDPATH|SHELLOPTS|BASHOPTS|PS[0-9]"
                    + "|PROMPT_COMMAND|HOME|USER|LOGNAME|SHELL|PWD|OLDPWD|SALLYPORT_.*|TERMINFO.*|TERMCAP|PYTHON.*|PERL.*"
                    + "|RUBY.*|NODE_.*|JAVA_.*|JDK_.*|_JAVA_.*|CLASSPATH|GIT_.*|SSH_.*|EDITOR|VISUAL|PAGER|LESS.*|MANPAGER"
                    + "|BROWSER|ZDOTDIR|FPATH|LUA_.*|PHP.*|R_.*|PSQLRC|MYSQL_.*");

    private ClientEnvironment() {}

    /// Those of `sent` that are accepted.
    public static SortedMap<String, String> accepted(ConnectionDefinition definition, Map<String, String> sent) {
        var accepted = new TreeMap<String, String>();
        new TreeMap<>(sent).forEach((name, value) -> {
            boolean taken = LOCALE_NAME.matcher(name).matches()
                    ? LOCALE.matcher(value).matches()
                    : definition.acceptEnvironment().contains(name)
                            && NAME.matcher(name).matches()
                            && !NEVER.matcher(name).matches()
                            && value.length() <= LONGEST
                            && value.indexOf('\0') < 0;
            if (taken && accepted.size() < MOST) {
                accepted.put(name, value);
            }
        });
        return accepted;
    }
}
