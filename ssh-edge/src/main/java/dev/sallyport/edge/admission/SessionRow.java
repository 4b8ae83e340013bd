package dev.sallyport.edge.admission;

import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.session.Session;
import dev.sallyport.core.session.SessionRequest;
import dev.sallyport.core.user.User;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/// Makes the row of a session that begins.
final class SessionRow {

    private SessionRow() {}

    static Session of(
            SessionId id,
            Admission.Request request,
            User user,
            ConnectionDefinition connection,
            EdgeId edge,
            RecordingLevel level,
            Instant now,
            Instant deadline) {
        var certificate = request.credential().certificate();
        return new Session(
                user.tenant(),
                id,
                user.id(),
                user.email(),
                connection.id(),
                connection.name(),
                connection.version(),
                connection.agent(),
                edge,
                request.request().mode(),
                kind(request.request()),
                request.request() instanceof SessionRequest.Exec exec
                        ? Optional.of(Session.shown(exec.command()))
                        : Optional.empty(),
                request.credential().source(),
                new Session.ShownCertificate(
                        certificate.caFingerprint(),
                        certificate.serial(),
                        Session.shown(certificate.keyId().getBytes(StandardCharsets.UTF_8)),
                        certificate.keyFingerprint()),
                level,
                connection.recordingRequired(),
                now,
                deadline,
                Optional.empty());
    }

    static String kind(SessionRequest request) {
        return switch (request) {
            case SessionRequest.Shell _ -> "shell";
            case SessionRequest.Exec _ -> "exec";
            case SessionRequest.Subsystem _ -> "subsystem";
            case SessionRequest.Forward _ -> "forward";
        };
    }
}
