package dev.sallyport.standalone;

import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/// What a start prints: where things are, and a few lines to paste, each of which works as printed.
///
/// @param databases whether the demo was to have a database
record Welcome(PrintStream out, InstanceFolder folder, Settings settings, boolean databases) {

    void print(URI api, List<String> notes) {
        out.println();
        out.println("  ssh     " + settings.sshAddress() + " port " + settings.sshPort());
        out.println("  API     " + api + "/v1");
        out.println("  agents  " + settings.agentAddress() + " port " + settings.agentPort() + ", TLS");
        out.println("  folder  " + folder.root());
        notes.forEach(note -> out.println("  note    " + note));
        out.println();
        if (settings.demo()) {
            tryTheDemo(notes);
        } else {
            setUp();
        }
        out.println();
        out.println("Ctrl-C stops everything; the next start goes on where this one was.");
    }

    private void tryTheDemo(List<String> notes) {
        var config = shown(folder.resolve("ssh_config"));
        out.println("Paste one of these in another terminal:");
        out.println();
        out.println("  ssh -F " + config + " -t alice bash");
        out.println("  ssh -F " + config + " alice bash 'id; date'");
        out.println(
                notes.stream().anyMatch(note -> note.contains("demo-host is left out"))
                        ? "  ssh -F " + config + " alice report"
                        : "  ssh -F " + config + " alice+demo-host uptime");
        out.println("  ssh -F " + config + " bob bash");
        if (databases && notes.stream().noneMatch(note -> note.contains("pg-demo is left out"))) {
            out.println("  ssh -F " + config + " -f -N -L 15432:pg-demo:5432 alice && psql -h 127.0.0.1 -p 15432 shop");
        }
        out.println("  " + sally() + " sessions ls");
    }

    private void setUp() {
        out.println("There is no demo here. docs/set-up.md goes from here to the first session; it begins with:");
        out.println();
        out.println("  " + sally() + " status");
        out.println("  " + sally() + " admin agents create office");
        out.println("  " + sally() + " admin --help");
    }

    private String sally() {
        var here = Path.of("").toAbsolutePath();
        return folder.root().equals(here.resolve(".sallyport"))
                ? "./sally"
                : "./sally --config " + shown(folder.resolve("cli.json"));
    }

    private static String shown(Path path) {
        var here = Path.of("").toAbsolutePath();
        return path.startsWith(here) ? here.relativize(path).toString() : path.toString();
    }
}
