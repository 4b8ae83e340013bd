package dev.sallyport.cli.sessions;

import dev.sallyport.api.Refused;
import dev.sallyport.cli.output.Progress;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Run;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

/// What was asked in a past session, out of its recording: text as it is recorded, and so without credentials.
public final class PastStatements {

    private PastStatements() {}

    /// The texts of a session's statements, in order; what was no text is left out.
    ///
    /// @throws Refused when the caller may not read the recording, or it is deleted
    public static List<String> of(Run run, String session) throws IOException, Refused, Failure {
        try (var progress = new Progress(run.surroundings());
                var recording = OpenRecording.of(run, session, progress)) {
            return Told.of(recording, Long.MAX_VALUE).statements().stream()
                    .map(Told.Statement::text)
                    .filter(Objects::nonNull)
                    .toList();
        }
    }
}
