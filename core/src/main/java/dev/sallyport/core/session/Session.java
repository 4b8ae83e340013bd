package dev.sallyport.core.session;

import dev.sallyport.core.access.AccessMode;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.recording.RecordingLevel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/// One use of a connection as its row tells it.
///
/// @param request `shell`, `exec`, `subsystem` or `forward`
/// @param command the command of an exec, as text with what does not print escaped, cut to [#LONGEST_COMMAND]
///     characters; the whole of it is in the recording
/// @param source the client's address
/// @param certificate what the user proved
/// @param deadline when it ends at the latest
/// @param end none: it lives
public record Session(
        TenantId tenant,
        SessionId id,
        UserId user,
        String email,
        ConnectionId connection,
        ConnectionName connectionName,
        long connectionVersion,
        AgentId agent,
        EdgeId edge,
        AccessMode mode,
        String request,
        Optional<String> command,
        String source,
        ShownCertificate certificate,
        RecordingLevel level,
        boolean recordingRequired,
        Instant started,
        Instant deadline,
        Optional<End> end) {

    /// Most characters of a command that stand in the row.
    public static final int LONGEST_COMMAND = 1_000;

    /// Which certificate opened the session.
    public record ShownCertificate(String caFingerprint, long serial, String keyId, String keyFingerprint) {}

    /// How and when it ended.
    ///
    /// @param outcome name of the [Outcome]
    /// @param sentence for people
    /// @param exitStatus the target's own, when it exited
    public record End(String outcome, String sentence, Optional<Integer> exitStatus, Instant at) {

        public static End of(Outcome outcome, Instant at) {
            return new End(
                    outcome.name(),
                    outcome.sentence(),
                    outcome instanceof Outcome.Exited(int status) ? Optional.of(status) : Optional.empty(),
                    at);
        }
    }

    /// A command as a row may show it: UTF-8 where it is, and nothing in it that a terminal or a page would act
    /// upon.
    public static String shown(byte[] command) {
        var text = new String(command, StandardCharsets.UTF_8);
        var shown = new StringBuilder();
        for (int i = 0; i < text.length() && shown.length() < LONGEST_COMMAND; ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            switch (Character.getType(c)) {
                case Character.CONTROL,
                        Character.FORMAT,
                        Character.SURROGATE,
                        Character.PRIVATE_USE,
                        Character.UNASSIGNED,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR -> shown.append("\\u{%x}".formatted(c));
                default -> shown.appendCodePoint(c);
            }
        }
        return shown.length() > LONGEST_COMMAND ? shown.substring(0, LONGEST_COMMAND) : shown.toString();
    }

    public boolean live() {
        return end.isEmpty();
    }
}
