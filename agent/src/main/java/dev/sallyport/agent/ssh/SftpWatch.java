package dev.sallyport.agent.ssh;

import dev.sallyport.agent.target.JsonLine;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Follows SFTP (version 3, draft-ietf-secsh-filexfer-02, and OpenSSH's extensions) in both directions.
///
/// What it remembers is bounded; a stream that is not SFTP, or does not keep within the bounds, is followed no
/// further, which is told in a record of its own.
final class SftpWatch implements TransferWatch {

    /// Longest packet that is believed.
    private static final int LONGEST_PACKET = 16 << 20;

    /// Bytes of a packet that are looked at, besides the content of files.
    private static final int HEAD = 12 << 10;

    private static final int MOST_OPEN = 1_024;
    private static final int MOST_ASKED = 4_096;

    /// Most bytes of names that are remembered, of requests without an answer and of open files together.
    static final int MOST_REMEMBERED = 4 << 20;

    /// Longest handle (section 3 of the draft).
    private static final int LONGEST_HANDLE = 256;

    private static final int OPEN = 3;
    private static final int CLOSE = 4;
    private static final int READ = 5;
    private static final int WRITE = 6;
    private static final int SETSTAT = 9;
    private static final int REMOVE = 13;
    private static final int MKDIR = 14;
    private static final int RMDIR = 15;
    private static final int RENAME = 18;
    private static final int SYMLINK = 20;
    private static final int STATUS = 101;
    private static final int HANDLE = 102;
    private static final int DATA = 103;
    private static final int EXTENDED = 200;

    private final Direction up = new Direction();
    private final Direction down = new Direction();
    private final Map<Integer, Asked> asked = new LinkedHashMap<>();
    private final Map<String, OpenFile> open = new LinkedHashMap<>();
    private final List<String> records = new ArrayList<>();
    private int remembered;
    private boolean blind;

    /// What a request asked for, until it is answered.
    private sealed interface Asked {
        record Opening(byte[] path) implements Asked {}

        record Reading(String handle, long offset) implements Asked {}

        record Closing(String handle) implements Asked {}

        record Changing(JsonLine record) implements Asked {}

        default int bytes() {
            return switch (this) {
                case Opening(var path) -> path.length;
                case Reading reading -> reading.handle().length();
                case Closing(var handle) -> handle.length();
                case Changing(var record) -> record.length();
            };
        }
    }

    private static final class OpenFile {
        final byte[] path;
        final Passing read = new Passing();
        final Passing written = new Passing();

        OpenFile(byte[] path) {
            this.path = path;
        }
    }

    /// Bytes of names that are remembered.
    synchronized int remembered() {
        return remembered;
    }

    /// One direction's place in its stream of packets.
    private static final class Direction {
        final byte[] length = new byte[4];
        int lengthHave;
        int left;
        byte[] head = new byte[0];
        int headHave;
        Optional<Passing> content = Optional.empty();
    }

    @Override
    public synchronized void toTarget(byte[] bytes) {
        follow(up, bytes, true);
    }

    @Override
    public synchronized void fromTarget(byte[] bytes) {
        follow(down, bytes, false);
    }

    @Override
    public synchronized List<String> passed() {
        var passed = List.copyOf(records);
        records.clear();
        return passed;
    }

    @Override
    public synchronized List<String> last() {
        open.values().forEach(file -> tell(file, Optional.empty()));
        open.clear();
        return passed();
    }

    private void follow(Direction direction, byte[] bytes, boolean isUp) {
        int at = 0;
        try {
            while (at < bytes.length && !blind) {
                at += step(direction, bytes, at, isUp);
            }
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            goBlind();
        }
    }

    /// Takes some bytes, and returns how many.
    private int step(Direction direction, byte[] bytes, int at, boolean isUp) {
        int have = bytes.length - at;
        if (direction.left == 0) {
            direction.length[direction.lengthHave++] = bytes[at];
            if (direction.lengthHave == 4) {
                direction.lengthHave = 0;
                direction.left = ByteBuffer.wrap(direction.length).getInt();
                if (direction.left < 1 || direction.left > LONGEST_PACKET) {
                    throw new IllegalArgumentException("not a packet of SFTP");
                }
                direction.head = new byte[Math.min(direction.left, HEAD)];
                direction.headHave = 0;
                direction.content = Optional.empty();
            }
            return 1;
        }
        if (direction.headHave < direction.head.length) {
            int taken = Math.min(have, direction.head.length - direction.headHave);
            System.arraycopy(bytes, at, direction.head, direction.headHave, taken);
            direction.headHave += taken;
            direction.left -= taken;
            if (direction.headHave == direction.head.length) {
                var head = ByteBuffer.wrap(direction.head);
                direction.content = isUp ? request(head) : answer(head);
                direction.head = new byte[0];
                direction.headHave = 0;
            }
            return taken;
        }
        int taken = Math.min(have, direction.left);
        direction.content.ifPresent(passing -> passing.add(bytes, at, taken));
        direction.left -= taken;
        return taken;
    }

    /// A request's beginning; returns where the rest of its content goes.
    private Optional<Passing> request(ByteBuffer in) {
        int type = in.get() & 0xff;
        switch (type) {
            case OPEN -> ask(in.getInt(), new Asked.Opening(text(in)));
            case CLOSE -> ask(in.getInt(), new Asked.Closing(handle(in)));
            case READ -> ask(in.getInt(), new Asked.Reading(handle(in), in.getLong()));
            case WRITE -> {
                in.getInt();
                var file = Optional.ofNullable(open.get(handle(in)));
                long offset = in.getLong();
                in.getInt();
                return file.map(writing -> {
                    writing.written.at(offset);
                    writing.written.add(in);
                    return writing.written;
                });
            }
            case REMOVE -> change(in, "remove");
            case MKDIR -> change(in, "mkdir");
            case RMDIR -> change(in, "rmdir");
            case SETSTAT -> change(in, "setstat");
            case RENAME -> {
                int id = in.getInt();
                ask(
                        id,
                        new Asked.Changing(
                                record("rename").with("path", text(in)).with("to", text(in))));
            }
            case SYMLINK -> {
                int id = in.getInt();
                // OpenSSH has the two the other way round than the draft: first what is linked to
                var to = text(in);
                ask(
                        id,
                        new Asked.Changing(
                                record("symlink").with("path", text(in)).with("to", to)));
            }
            case EXTENDED -> {
                int id = in.getInt();
                var name = new String(text(in), StandardCharsets.US_ASCII);
                if (name.equals("posix-rename@openssh.com") || name.equals("hardlink@openssh.com")) {
                    var operation = name.startsWith("posix") ? "rename" : "hardlink";
                    ask(
                            id,
                            new Asked.Changing(
                                    record(operation).with("path", text(in)).with("to", text(in))));
                } else if (name.equals("copy-data")) {
                    var from = Optional.ofNullable(open.get(handle(in)));
                    in.getLong();
                    in.getLong();
                    var to = Optional.ofNullable(open.get(handle(in)));
                    var copy = record("copy");
                    from.ifPresent(file -> copy.with("path", file.path));
                    to.ifPresent(file -> copy.with("to", file.path));
                    ask(id, new Asked.Changing(copy));
                }
            }
            default -> {} // listing and looking: nothing passes
        }
        return Optional.empty();
    }

    private void change(ByteBuffer in, String operation) {
        int id = in.getInt();
        ask(id, new Asked.Changing(record(operation).with("path", text(in))));
    }

    /// An answer's beginning; returns where the rest of its content goes.
    private Optional<Passing> answer(ByteBuffer in) {
        int type = in.get() & 0xff;
        if (type != STATUS && type != HANDLE && type != DATA) {
            if (in.remaining() >= 4) {
                answered(in.getInt());
            }
            return Optional.empty();
        }
        var request = answered(in.getInt());
        if (request.isEmpty()) {
            return Optional.empty();
        }
        switch (request.get()) {
            case Asked.Opening(var path) -> {
                if (type == HANDLE) {
                    if (open.size() >= MOST_OPEN) {
                        throw new IllegalArgumentException("more open files than are followed");
                    }
                    var handle = handle(in);
                    closed(handle).ifPresent(lost -> tell(lost, Optional.empty()));
                    remember(handle.length() + path.length);
                    open.put(handle, new OpenFile(path));
                } else {
                    records.add(record("open")
                            .with("path", path)
                            .with("result", result(type, in))
                            .line());
                }
            }
            case Asked.Reading(var handle, long offset) -> {
                var file = Optional.ofNullable(open.get(handle));
                if (type == DATA && file.isPresent()) {
                    in.getInt();
                    file.get().read.at(offset);
                    file.get().read.add(in);
                    return Optional.of(file.get().read);
                }
            }
            case Asked.Closing(var handle) ->
                closed(handle).ifPresent(file -> tell(file, Optional.of(result(type, in))));
            case Asked.Changing(var record) ->
                records.add(record.with("result", result(type, in)).line());
        }
        return Optional.empty();
    }

    private void ask(int id, Asked what) {
        if (asked.size() >= MOST_ASKED) {
            throw new IllegalArgumentException("more open requests than are followed");
        }
        answered(id);
        remember(what.bytes());
        asked.put(id, what);
    }

    private Optional<Asked> answered(int id) {
        var request = Optional.ofNullable(asked.remove(id));
        request.ifPresent(gone -> remembered -= gone.bytes());
        return request;
    }

    private Optional<OpenFile> closed(String handle) {
        var file = Optional.ofNullable(open.remove(handle));
        file.ifPresent(gone -> remembered -= handle.length() + gone.path.length);
        return file;
    }

    private void remember(int bytes) {
        if (remembered + bytes > MOST_REMEMBERED) {
            throw new IllegalArgumentException("longer names than are remembered");
        }
        remembered += bytes;
    }

    private void tell(OpenFile file, Optional<String> result) {
        if (file.written.bytes() > 0 || file.read.bytes() == 0) {
            tell(file, "write", file.written, result);
        }
        if (file.read.bytes() > 0) {
            tell(file, "read", file.read, result);
        }
    }

    private void tell(OpenFile file, String operation, Passing passed, Optional<String> result) {
        var record = record(operation)
                .with("path", file.path)
                .with("bytes", passed.bytes())
                .hash(passed.hash())
                .with("complete", result.isPresent());
        result.ifPresent(said -> record.with("result", said));
        records.add(record.line());
    }

    private void goBlind() {
        blind = true;
        asked.clear();
        records.add(record("unknown")
                .with("result", "the transfer could not be followed")
                .line());
    }

    private static String result(int type, ByteBuffer in) {
        if (type != STATUS) {
            return "ok";
        }
        int code = in.getInt();
        return switch (code) {
            case 0 -> "ok";
            case 2 -> "no such file";
            case 3 -> "permission denied";
            case 4 -> "failure";
            case 8 -> "not supported";
            default -> "code " + code;
        };
    }

    private static JsonLine record(String operation) {
        return new JsonLine().with("protocol", "sftp").with("operation", operation);
    }

    private static byte[] text(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("a name that is longer than its packet, or than is believed");
        }
        var text = new byte[length];
        in.get(text);
        return text.length > JsonLine.LONGEST_TEXT ? Arrays.copyOf(text, JsonLine.LONGEST_TEXT) : text;
    }

    private static String handle(ByteBuffer in) {
        var handle = text(in);
        if (handle.length > LONGEST_HANDLE) {
            throw new IllegalArgumentException("a handle longer than the protocol has");
        }
        return new String(handle, StandardCharsets.ISO_8859_1);
    }
}
