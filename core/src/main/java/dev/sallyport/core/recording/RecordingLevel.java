package dev.sallyport.core.recording;

import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.session.SessionRequest;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// How much of a session its recording holds; written in the recording's head.
public enum RecordingLevel {
    /// Every byte shown and typed, with its time: terminals and commands.
    FULL,
    /// Text, verdict, row counts and hash of each statement: databases.
    STATEMENTS,
    /// Names, sizes and hashes: files and raw streams.
    METADATA;

    /// Whether a recording of this level keeps the bytes that pass to and from such a target; else it counts and
    /// hashes them. Of a database that is understood statement by statement, the statements are kept instead.
    public boolean keepsBytes(TargetSettings target) {
        return switch (this) {
            case FULL -> true;
            case STATEMENTS -> !(target instanceof TargetSettings.Database);
            case METADATA -> false;
        };
    }

    /// A file transfer and nothing else: no character that a shell would make more of, and no option that has
    /// scp, rsync or git do more.
    private static final Pattern TRANSFER = Pattern.compile("scp( -[rpdqv]+)* -[rpdqv]*[tf][rpdqv]*( --)?( [^- ]\\S*)+"
            + "|rsync --server( --sender)?( -[A-Za-z0-9.]+| --(?!rsh|rsync-path|daemon|config|log-file)[a-z0-9-]+(=\\S*)?)*"
            + " \\.( [^- ]\\S*)*"
            + "|git[- ](upload-pack|receive-pack|upload-archive) '?[^-' ][^' ]*'?");

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9 ._/@:,=+%~'-]*");

    /// The level of a session: the connection's own, or the default of what is done.
    public static RecordingLevel of(ConnectionDefinition connection, SessionRequest request) {
        return connection.recordingLevel().orElseGet(() -> switch (connection.target()) {
            case TargetSettings.Custom _ -> FULL;
            case TargetSettings.Tcp _ -> METADATA;
            case TargetSettings.Database _ -> STATEMENTS;
            case TargetSettings.Ssh _ ->
                switch (request) {
                    case SessionRequest.Shell _ -> FULL;
                    case SessionRequest.Exec exec ->
                        exec.pty().isEmpty() && transfers(exec.command()) ? METADATA : FULL;
                    case SessionRequest.Subsystem subsystem -> subsystem.name().equals("sftp") ? METADATA : FULL;
                    case SessionRequest.Forward _ -> METADATA;
                };
        });
    }

    private static boolean transfers(byte[] command) {
        var text = new String(command, StandardCharsets.ISO_8859_1);
        return PLAIN.matcher(text).matches() && TRANSFER.matcher(text).matches();
    }
}
