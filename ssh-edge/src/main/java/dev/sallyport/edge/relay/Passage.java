package dev.sallyport.edge.relay;

import dev.sallyport.core.link.Message.Stream;
import dev.sallyport.core.recording.Event;
import dev.sallyport.edge.recorder.Recorder.Recording;
import dev.sallyport.edge.recorder.Recorder.RecordingFailed;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/// Counts and hashes one stream whose bytes are not kept (level `metadata`).
///
/// Every so many bytes, and at [#flush], an event says from which offset how many bytes passed and their
/// SHA-256. Synchronized: the thread of the stream adds, the ticking clock flushes.
final class Passage {

    private final Stream stream;
    private final Recording recording;
    private final int limit;
    private final MessageDigest digest;

    private long offset;
    private long counted;
    private long agentNumber;
    private long edgeNumber;

    Passage(Stream stream, Recording recording, int limit) {
        this.stream = stream;
        this.recording = recording;
        this.limit = limit;
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    synchronized void add(byte[] bytes, long agentNumber, long edgeNumber) throws RecordingFailed {
        digest.update(bytes);
        counted += bytes.length;
        this.agentNumber = agentNumber;
        this.edgeNumber = edgeNumber;
        if (counted >= limit) {
            flush();
        }
    }

    synchronized void flush() throws RecordingFailed {
        if (counted == 0) {
            return;
        }
        var line = "{\"stream\":\"%s\",\"offset\":%d,\"bytes\":%d,\"sha256\":\"%s\"}"
                .formatted(
                        stream.name().toLowerCase(Locale.ROOT),
                        offset,
                        counted,
                        HexFormat.of().formatHex(digest.digest()));
        recording.append(Event.Kind.PASSED, line.getBytes(StandardCharsets.UTF_8), agentNumber, edgeNumber);
        offset += counted;
        counted = 0;
    }
}
