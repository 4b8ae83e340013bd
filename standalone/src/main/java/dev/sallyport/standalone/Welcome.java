package dev.sallyport.standalone;

import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/// What a start prints: where things are, and five lines to paste, each of which works as printed.
final class Welcome {

    private Welcome() {}

    static void print(PrintStream out, InstanceFolder folder, Settings settings, URI api, List<String> notes) {
        var config = shown(folder.resolve("ssh_config"));
        out.println();
        out.println("  ssh     " + settings.sshAddress() + " port " + settings.sshPort());
        out.println("  API     " + api + "/v1");
        out.println("  agents  " + settings.agentAddress() + " port " + settings.agentPort() + ", TLS");
        out.println("  folder  " + folder.root());
        notes.forEach(note -> out.println("  note    " + note));
        out.println();
        out.println("Paste one of these in another terminal:");
        out.println();
        out.println("  ssh -F " + config + " -t alice bash");
        out.println("  ssh -F " + config + " alice bash 'id; date'");
        out.println(
                notes.stream().anyMatch(note -> note.contains("demo-host is left out"))
                        ? "  ssh -F " + config + " alice report"
                        : "  ssh -F " + config + " alice+demo-host uptime");
        out.println("  ssh -F " + config + " bob bash");
        out.println("  " + sally(folder) + " sessions ls");
        out.println();
        out.println("Ctrl-C stops everything; the next start goes on where this one was.");
    }

    private static String sally(InstanceFolder folder) {
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
