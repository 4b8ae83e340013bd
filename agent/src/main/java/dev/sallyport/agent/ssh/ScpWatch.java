package dev.sallyport.agent.ssh;

import dev.sallyport.agent.target.JsonLine;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Follows the old scp protocol: control lines and contents one way, a byte of acknowledgement the other.
final class ScpWatch implements TransferWatch {

    private static final int LONGEST_LINE = 2 * JsonLine.LONGEST_TEXT;
    private static final int DEEPEST = 256;
    private static final Pattern FILE = Pattern.compile("C[0-7]{4,5} ([0-9]{1,18}) (.+)", Pattern.DOTALL);
    private static final Pattern FOLDER = Pattern.compile("D[0-7]{4,5} [0-9]{1,18} (.+)", Pattern.DOTALL);

    private final boolean upload;
    private final List<String> records = new ArrayList<>();
    private final Deque<String> folders = new ArrayDeque<>();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private State state = State.LINE;
    private boolean errorLine;
    private String name = "";
    private long left;
    private Passing passing = new Passing();

    private enum State {
        LINE,
        /// A file was announced; it comes when the other side agrees.
        ANNOUNCED,
        CONTENT,
        /// One byte says how reading the file went.
        AFTER,
        BLIND
    }

    ScpWatch(boolean upload) {
        this.upload = upload;
    }

    @Override
    public synchronized void toTarget(byte[] bytes) {
        if (upload) {
            content(bytes);
        } else {
            acknowledgement(bytes);
        }
    }

    @Override
    public synchronized void fromTarget(byte[] bytes) {
        if (upload) {
            acknowledgement(bytes);
        } else {
            content(bytes);
        }
    }

    @Override
    public synchronized List<String> passed() {
        var passed = List.copyOf(records);
        records.clear();
        return passed;
    }

    @Override
    public synchronized List<String> last() {
        if (state == State.CONTENT || state == State.AFTER) {
            tell(Optional.empty());
        }
        state = State.BLIND;
        return passed();
    }

    private void content(byte[] bytes) {
        int at = 0;
        while (at < bytes.length) {
            switch (state) {
                case LINE -> lineByte(bytes[at++]);
                case ANNOUNCED -> {
                    // it does not wait for the other side: this is not scp
                    goBlind();
                }
                case CONTENT -> {
                    int taken = (int) Math.min(left, bytes.length - at);
                    passing.add(bytes, at, taken);
                    at += taken;
                    left -= taken;
                    if (left == 0) {
                        state = State.AFTER;
                    }
                }
                case AFTER -> {
                    boolean fine = bytes[at++] == 0;
                    tell(Optional.of(fine ? "ok" : "failure"));
                    state = State.LINE;
                    errorLine = !fine;
                }
                case BLIND -> {
                    return;
                }
            }
        }
    }

    private void lineByte(byte next) {
        if (line.size() == 0 && !errorLine && (next == 1 || next == 2)) {
            errorLine = true;
            return;
        }
        if (line.size() == 0 && next == 0) {
            return; // an acknowledgement among the lines
        }
        if (next != '\n') {
            line.write(next);
            if (line.size() > LONGEST_LINE) {
                goBlind();
            }
            return;
        }
        var text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        if (errorLine) {
            errorLine = false;
            return;
        }
        var file = FILE.matcher(text);
        var folder = FOLDER.matcher(text);
        if (file.matches()) {
            left = Long.parseLong(file.group(1));
            name = file.group(2);
            passing = new Passing();
            state = State.ANNOUNCED;
        } else if (folder.matches() && folders.size() < DEEPEST) {
            folders.addLast(folder.group(1));
        } else if (text.equals("E")) {
            folders.pollLast();
        } else if (!text.startsWith("T")) {
            goBlind();
        }
    }

    private void acknowledgement(byte[] bytes) {
        if (state == State.ANNOUNCED && bytes.length > 0) {
            if (bytes[0] == 0) {
                state = left == 0 ? State.AFTER : State.CONTENT;
            } else {
                records.add(
                        record().with("path", path()).with("result", "refused").line());
                state = State.LINE;
            }
        }
    }

    private void tell(Optional<String> result) {
        var record = record().with("path", path())
                .with("bytes", passing.bytes())
                .hash(passing.hash())
                .with("complete", result.isPresent());
        result.ifPresent(said -> record.with("result", said));
        records.add(record.line());
    }

    private void goBlind() {
        state = State.BLIND;
        records.add(new JsonLine()
                .with("protocol", "scp")
                .with("operation", "unknown")
                .with("result", "the transfer could not be followed")
                .line());
    }

    private JsonLine record() {
        return new JsonLine().with("protocol", "scp").with("operation", upload ? "write" : "read");
    }

    private String path() {
        return folders.isEmpty() ? name : String.join("/", folders) + "/" + name;
    }
}
