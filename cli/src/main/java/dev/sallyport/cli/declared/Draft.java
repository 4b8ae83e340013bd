package dev.sallyport.cli.declared;

import dev.sallyport.api.Connections.ConnectionWrite;
import dev.sallyport.api.Connections.Database;
import dev.sallyport.cli.run.Run;
import dev.sallyport.core.text.Escaped;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A declaration made of what another program knows, for a person to look over before it is applied. What could not
/// be carried over stands in it as a remark, and is said on stderr.
final class Draft {

    private static final Set<String> WORDS = Set.of("true", "false", "yes", "no", "on", "off", "y", "n", "null");
    private static final int LONGEST_NAME = 63;

    private record Drafted(ConnectionWrite connection, List<String> remarks) {}

    private final String source;
    private final List<Drafted> connections = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private final List<String> remarks = new ArrayList<>();

    /// @param source what it is made of, for people
    Draft(String source) {
        this.source = source;
    }

    /// A name that a connection may have, made of one that it has elsewhere.
    static String name(String elsewhere) {
        var name = elsewhere
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9._-]+", "-")
                .replaceFirst("^[._-]+", "");
        return name.substring(0, Math.min(LONGEST_NAME, name.length()));
    }

    /// Adds a connection, unless its name is no name or is taken.
    void add(String elsewhere, ConnectionWrite connection, List<String> about) {
        var name = String.valueOf(connection.name());
        if (name.isEmpty()) {
            leaveOut(elsewhere, "its name has no letter or digit");
        } else if (!names.add(name)) {
            leaveOut(elsewhere, "another connection is called " + name + " already");
        } else {
            var all = new ArrayList<>(about);
            if (!name.equals(elsewhere)) {
                all.addFirst("was called " + elsewhere);
            }
            connections.add(new Drafted(connection, all));
        }
    }

    /// Says that something is not in the draft.
    void leaveOut(String elsewhere, String because) {
        remark("not carried over: " + elsewhere + ": " + because);
    }

    void remark(String remark) {
        remarks.add(remark);
    }

    /// Prints it as YAML, and says on stderr what a person has to see to.
    void print(Run run) {
        var out = run.out();
        comment(out, "", "Made of " + source + ". Look it over, then:  sally apply -f FILE");
        comment(out, "", "Nobody may use these connections before a rule says so, as in:");
        comment(out, "", "rules: [{name: engineers, groups: [engineers], connections: ['*']}]");
        remarks.forEach(remark -> comment(out, "", remark));
        var agents = new TreeSet<String>();
        connections.forEach(one -> agents.add(String.valueOf(one.connection().agent())));
        if (!connections.isEmpty()) {
            out.println("agents:");
            agents.forEach(agent -> out.println("  - name: " + quoted(agent)));
            out.println("connections:");
            connections.forEach(one -> print(out, one));
        }
        out.flush();
        remarks.forEach(run::say);
        connections.forEach(
                one -> one.remarks().forEach(remark -> run.say(one.connection().name() + ": " + remark)));
        run.say(connections.size() + (connections.size() == 1 ? " connection" : " connections") + " carried over.");
    }

    private static void print(PrintStream out, Drafted one) {
        var connection = one.connection();
        out.println("  - name: " + quoted(String.valueOf(connection.name())));
        one.remarks().forEach(remark -> comment(out, "    ", remark));
        text(out, "    ", "agent", connection.agent());
        text(out, "    ", "type", connection.type());
        var custom = connection.custom();
        if (custom != null) {
            out.println("    custom:");
            list(out, "entrypoint", custom.entrypoint());
            text(out, "      ", "run_as", custom.runAs());
            map(out, "      ", "environment", custom.environment());
        }
        var ssh = connection.ssh();
        if (ssh != null) {
            out.println("    ssh:");
            text(out, "      ", "host", ssh.host());
            number(out, ssh.port());
            text(out, "      ", "user", ssh.user());
            text(out, "      ", "password", ssh.password());
            text(out, "      ", "private_key", ssh.privateKey());
            list(out, "host_keys", ssh.hostKeys());
            text(out, "      ", "known_hosts", ssh.knownHosts());
        }
        var tcp = connection.tcp();
        if (tcp != null) {
            out.println("    tcp:");
            text(out, "      ", "host", tcp.host());
            number(out, tcp.port());
        }
        database(out, "postgres", connection.postgres());
        database(out, "mysql", connection.mysql());
        map(out, "    ", "tags", connection.tags());
    }

    private static void database(PrintStream out, String type, @Nullable Database database) {
        if (database != null) {
            out.println("    " + type + ":");
            text(out, "      ", "host", database.host());
            number(out, database.port());
            text(out, "      ", "user", database.user());
            text(out, "      ", "password", database.password());
            text(out, "      ", "database", database.database());
            text(out, "      ", "tls", database.tls());
        }
    }

    private static void comment(PrintStream out, String indent, String text) {
        out.println(indent + "# " + Escaped.of(text));
    }

    private static void text(PrintStream out, String indent, String name, @Nullable String text) {
        if (text != null) {
            out.println(indent + name + ": " + quoted(text));
        }
    }

    private static void number(PrintStream out, @Nullable Integer port) {
        if (port != null) {
            out.println("      port: " + port);
        }
    }

    private static void list(PrintStream out, String name, @Nullable List<String> texts) {
        if (texts != null && !texts.isEmpty()) {
            out.println("      " + name + ":");
            texts.forEach(text -> out.println("        - " + quoted(text)));
        }
    }

    private static void map(PrintStream out, String indent, String name, @Nullable Map<String, String> texts) {
        if (texts != null && !texts.isEmpty()) {
            out.println(indent + name + ":");
            new TreeMap<>(texts).forEach((key, text) -> out.println(indent + "  " + quoted(key) + ": " + quoted(text)));
        }
    }

    /// As YAML and every reader of it takes it for this text and nothing else.
    static String quoted(String text) {
        if (text.matches("[A-Za-z/][A-Za-z0-9/._@-]*") && !WORDS.contains(text.toLowerCase(Locale.ROOT))) {
            return text;
        }
        var quoted = new StringBuilder("\"");
        text.codePoints().forEach(point -> {
            if (point == '"' || point == '\\') {
                quoted.append('\\').appendCodePoint(point);
            } else if (!Escaped.of(Character.toString(point)).equals(Character.toString(point))) {
                quoted.append(point < 0x10000 ? "\\u%04x".formatted(point) : "\\U%08x".formatted(point));
            } else {
                quoted.appendCodePoint(point);
            }
        });
        return quoted.append('"').toString();
    }
}
