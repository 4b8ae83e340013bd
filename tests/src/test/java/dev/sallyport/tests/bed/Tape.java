package dev.sallyport.tests.bed;

import dev.sallyport.api.Refused;
import dev.sallyport.api.SallyportClient;
import dev.sallyport.api.Sessions.Session;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.recording.FolderChunkStore;
import dev.sallyport.core.recording.RecordingReader;
import dev.sallyport.core.secret.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/// A session's recording as the user saw it: stdout, stderr with our messages as the edge writes them, and the last
/// events in words.
record Tape(Session session, Shown out, Shown err, long passed, boolean sealed, List<String> last) {

    private static final int LAST = 15;
    private static final Pattern PASSED = Pattern.compile("\"stream\":\"output\".*\"bytes\":(\\d+)");

    static Tape of(Instance instance, SallyportClient admin, Session session) throws IOException, Refused {
        var opened = admin.recording(session.id());
        try (var key = Secret.of(Base64.getUrlDecoder().decode(opened.dataKey()))) {
            var reader = new RecordingReader(
                    new FolderChunkStore(instance.folder().resolve("recordings")),
                    new TenantId(opened.tenant()),
                    new SessionId(session.id()),
                    key);
            return read(session, reader);
        }
    }

    private static Tape read(Session session, RecordingReader reader) throws IOException {
        var out = new Shown.Sum();
        var err = new Shown.Sum();
        var last = new ArrayDeque<String>();
        long passed = 0;
        boolean terminal = false;
        boolean midLine = false;
        for (var next = reader.next(); next.isPresent(); next = reader.next()) {
            var event = next.get();
            keep(last, event);
            switch (event.kind()) {
                case OUTPUT -> {
                    out.write(event.bytes(), 0, event.bytes().length);
                    midLine = !endsLine(event);
                }
                case ERROR -> {
                    err.write(event.bytes(), 0, event.bytes().length);
                    midLine = !endsLine(event);
                }
                case MESSAGE -> {
                    err.write(
                            (terminal && midLine ? "\r\n" : "") + "sally: " + text(event) + (terminal ? "\r\n" : "\n"));
                    midLine = false;
                }
                case RESIZE -> terminal = true;
                case PASSED -> {
                    var bytes = PASSED.matcher(text(event));
                    passed += bytes.find() ? Long.parseLong(bytes.group(1)) : 0;
                }
                case INPUT,
                        HIDDEN_INPUT,
                        END_OF_INPUT,
                        SIGNAL,
                        REQUEST,
                        FILE,
                        STATEMENT,
                        ANSWER,
                        EXIT,
                        END,
                        RECOVERED -> {}
            }
        }
        return new Tape(session, out.shown(), err.shown(), passed, reader.sealed(), List.copyOf(last));
    }

    private static boolean endsLine(Event event) {
        return event.bytes().length > 0 && event.bytes()[event.bytes().length - 1] == '\n';
    }

    private static String text(Event event) {
        return new String(event.bytes(), StandardCharsets.UTF_8);
    }

    private static void keep(Deque<String> last, Event event) {
        if (last.size() == LAST) {
            last.removeFirst();
        }
        last.add(
                "%6d %-12s at %d: %s".formatted(event.number(), event.kind(), event.offset(), Shown.of(event.bytes())));
    }

    /// Whether the client wrote what is recorded here, or as much of it as came before the test ended it.
    boolean is(Transcript client) {
        boolean same = out.same(client.out()) && err.same(client.err());
        boolean begun = client.out().begins(out) && client.err().begins(err);
        return same || (begun && !client.whole());
    }

    @Override
    public String toString() {
        return session.id() + " (" + session.connectionName() + ", " + session.request() + " " + session.command()
                + ", " + session.outcome() + ")\n      stdout " + out + "\n      stderr " + err;
    }
}
