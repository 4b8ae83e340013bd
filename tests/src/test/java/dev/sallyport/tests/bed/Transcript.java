package dev.sallyport.tests.bed;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;

/// What one real client wrote: the test's own record, to hold against the recording.
///
/// @param whole whether the client ended by itself; one that the test ended may not have written all that came
public record Transcript(Instance instance, List<String> command, Shown out, Shown err, boolean whole) {

    /// Lines that OpenSSH's client writes to stderr itself.
    private static final Pattern OWN_LINES = Pattern.compile(
            "(?m)^(Connection to \\S+ closed( by remote host)?\\.|Shared connection to \\S+ closed\\."
                    + "|Warning: Permanently added .*|PTY allocation request failed on channel \\d+"
                    + "|client_loop: .*|Connection reset by .*|Connection closed( by .*)?|Read from remote host .*"
                    + "|mux_client_\\S+ .*|shell request failed on channel \\d+|exec request failed on channel \\d+"
                    + "|subsystem request failed on channel \\d+|Killed by signal \\d+\\.|.*Permission denied .*)\r?\n");

    private static final ConcurrentLinkedQueue<Transcript> ALL = new ConcurrentLinkedQueue<>();

    static void add(Instance instance, List<String> command, Ran ran, boolean whole) {
        var err = OWN_LINES.matcher(ran.err()).replaceAll("");
        // text that is no UTF-8 stays as it came
        var errBytes = err.equals(ran.err()) ? ran.errBytes() : err.getBytes(StandardCharsets.UTF_8);
        ALL.add(new Transcript(instance, command, Shown.of(ran.outBytes()), Shown.of(errBytes), whole));
    }

    /// Of a client that wrote nothing to stderr.
    static void add(Instance instance, List<String> command, Shown out) {
        ALL.add(new Transcript(instance, command, out, Shown.of(new byte[0]), true));
    }

    /// Those of clients of that instance that were made since this was last called.
    static List<Transcript> take(Instance instance) {
        var taken = ALL.stream()
                .filter(transcript -> transcript.instance() == instance)
                .toList();
        ALL.removeAll(taken);
        return taken;
    }

    @Override
    public String toString() {
        return String.join(" ", command.subList(Math.min(3, command.size()), command.size())) + "\n      stdout " + out
                + "\n      stderr " + err;
    }
}
