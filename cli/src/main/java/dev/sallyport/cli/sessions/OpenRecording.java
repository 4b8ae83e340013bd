package dev.sallyport.cli.sessions;

import dev.sallyport.api.Refused;
import dev.sallyport.cli.output.Progress;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Run;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.recording.Events;
import dev.sallyport.core.recording.RecordingReader;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.core.secret.Secret;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/// A recording, opened through the API and read here: the API never sees what is in it.
final class OpenRecording implements Events, AutoCloseable {

    /// How often a live recording is asked for more.
    private static final Duration POLL = Duration.ofMillis(500);

    /// How long after a session's end the last chunk of its recording is waited for.
    private static final Duration SEALING = Duration.ofSeconds(8);

    /// A session that ended longer ago has been sealed, or waits for somebody to come back.
    private static final Duration JUST_NOW = Duration.ofSeconds(30);

    private final SessionId session;
    private final TenantId tenant;
    private final String tenantKey;
    private final Secret key;
    private final StoredChunks chunks;
    private final RecordingReader reader;

    private final Progress progress;
    private final boolean sessionEnded;
    private final boolean endedJustNow;
    private boolean lived;
    private long sealedBy;

    private OpenRecording(
            SessionId session,
            TenantId tenant,
            String tenantKey,
            Secret key,
            StoredChunks chunks,
            RecordingReader reader,
            Progress progress,
            Optional<Instant> endedAt) {
        this.sessionEnded = endedAt.isPresent();
        this.progress = progress;
        this.endedJustNow =
                endedAt.map(end -> end.isAfter(Instant.now().minus(JUST_NOW))).orElse(false);
        this.session = session;
        this.tenant = tenant;
        this.tenantKey = tenantKey;
        this.key = key;
        this.chunks = chunks;
        this.reader = reader;
    }

    /// Opens the recording of a session for showing it, which stands in the audit log.
    static OpenRecording of(Run run, String id) throws IOException, Refused, Failure {
        return of(run, id, Progress.silent(run.surroundings()));
    }

    /// Opens it, and tells how much was read.
    static OpenRecording of(Run run, String id, Progress progress) throws IOException, Refused, Failure {
        var session = sessionId(id);
        var client = run.client();
        var opened = client.recording(session.value());
        var endedAt = client.session(session.value()).endedAt();
        try {
            var tenant = new TenantId(opened.tenant());
            var key = Secret.of(Base64.getUrlDecoder().decode(opened.dataKey()));
            var chunks = new StoredChunks(client, session, state(opened.state()), progress);
            var reader = new RecordingReader(chunks, tenant, session, key);
            return new OpenRecording(
                    session, tenant, opened.tenantKey(), key, chunks, reader, progress, Optional.ofNullable(endedAt));
        } catch (IllegalArgumentException e) {
            throw new IOException("the API's answer could not be understood", e);
        }
    }

    /// What the user wrote, if it is the id of a session.
    static SessionId sessionId(String text) throws Failure {
        try {
            return new SessionId(text);
        } catch (IllegalArgumentException e) {
            throw Failure.usage("a session is named by its id, ses_…;  sally sessions ls  lists them.");
        }
    }

    static RecordingState state(String text) throws IOException {
        try {
            return RecordingState.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IOException("the API's answer could not be understood", e);
        }
    }

    SessionId session() {
        return session;
    }

    TenantId tenant() {
        return tenant;
    }

    String tenantKey() {
        return tenantKey;
    }

    Secret key() {
        return key;
    }

    StoredChunks chunks() {
        return chunks;
    }

    RecordingReader reader() {
        return reader;
    }

    /// The next event of what is stored by now, without waiting for anything.
    Optional<Event> storedNow() throws IOException {
        return reader.next();
    }

    /// The next event of what is stored by now. The end of a session that ended just now is waited for.
    @Override
    public Optional<Event> next() throws IOException {
        while (true) {
            var event = reader.next();
            if (event.isPresent() || reader.sealed() || !isBeingSealed()) {
                return event;
            }
            rest();
        }
    }

    /// The next event, waited for as long as the recording is live; empty at its end.
    Optional<Event> await() throws IOException {
        while (true) {
            var event = next();
            if (event.isPresent() || reader.sealed() || chunks.state() != RecordingState.LIVE) {
                return event;
            }
            lived = true;
            rest();
        }
    }

    private static void rest() throws IOException {
        try {
            Thread.sleep(POLL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    /// Between the end of a session and the last chunk of its recording there are some moments, in which the
    /// API finds the recording live or incomplete.
    private boolean isBeingSealed() {
        boolean ended = endedJustNow || (lived && chunks.state() == RecordingState.INCOMPLETE);
        if (!ended || chunks.state() == RecordingState.COMPLETE || chunks.state() == RecordingState.RECOVERED) {
            return false;
        }
        if (sealedBy == 0) {
            sealedBy = System.nanoTime() + SEALING.toNanos();
        }
        return System.nanoTime() < sealedBy;
    }

    /// Whether the session had ended when its recording was opened.
    boolean sessionEnded() {
        return sessionEnded;
    }

    /// The state, as far as was read: what the last chunk says counts more than what the API said.
    RecordingState state() {
        return reader.sealed() ? reader.state(false) : chunks.state();
    }

    /// Takes away what tells of progress.
    @Override
    public void close() {
        progress.close();
        key.close();
    }
}
