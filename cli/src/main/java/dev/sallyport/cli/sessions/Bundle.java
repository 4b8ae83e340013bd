package dev.sallyport.cli.sessions;

import dev.sallyport.api.Refused;
import dev.sallyport.api.Sessions.Session;
import dev.sallyport.cli.output.Progress;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Run;
import dev.sallyport.core.recording.RecordingBundle;
import dev.sallyport.core.tenant.TenantKey;
import java.io.IOException;
import java.io.OutputStream;

/// A recording as `download` keeps it and `verify` reads it: with what vouches for it, and the key to open it.
public final class Bundle {

    private Bundle() {}

    /// Opens a session's recording, which stands in the audit log, and writes its bundle; `out` stays open.
    public static void write(Run run, Session session, OutputStream out, Progress progress)
            throws IOException, Refused, Failure {
        try (var recording = OpenRecording.of(run, session.id(), progress)) {
            write(run, recording, session, out);
        }
    }

    static void write(Run run, OpenRecording recording, Session session, OutputStream out) throws IOException, Failure {
        var evidence = StoredEvidence.of(run.client(), recording, session.startedAt());
        RecordingBundle.write(out, evidence, TenantKey.parse(recording.tenantKey()));
    }
}
