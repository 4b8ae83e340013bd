package dev.sallyport.core.audit;

import dev.sallyport.core.hash.Sha256;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.core.tenant.TenantKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What a tenant's key vouches for: everything up to the checkpoint before, the audit log of the minutes since,
/// and where recordings stood.
///
/// The canonical form is text, a line for each fact, in the order of the components:
/// ```
/// sallyport-checkpoint 1
/// tenant ten_…
/// number 17
/// minute 29395674
/// previous 9f86d081…
/// audit 29395673 12 60303ae2…
/// recording ses_… 4 fd61a03a… COMPLETE
/// ```
/// Minutes count from 1970. A minute up to `minute` that is in no checkpoint has no audit entries.
///
/// @param number counts from 1, without a gap
/// @param minute the last minute of the audit log that is covered, by this checkpoint or one before
/// @param previous hash of the checkpoint before; [Sha256#NONE] in the first
/// @param audit minutes with entries, ascending, after those of the checkpoint before
/// @param recordings at most one line for each session, ascending
public record Checkpoint(
        TenantId tenant,
        long number,
        long minute,
        Sha256 previous,
        List<AuditMinute> audit,
        List<RecordingMark> recordings) {

    /// What checkpoints are signed for.
    public static final String PURPOSE = "checkpoint v1";

    /// Most minutes in one checkpoint.
    public static final int MOST_MINUTES = 1000;

    /// Most recordings in one checkpoint: with both, it fits into one item of the store.
    public static final int MOST_RECORDINGS = 1500;

    /// Longest canonical form, in bytes.
    public static final int LONGEST = 350_000;

    private static final String HEAD = "sallyport-checkpoint 1";

    public Checkpoint {
        audit = List.copyOf(audit);
        recordings = List.copyOf(recordings);
        if (number < 1 || minute < 0 || (number == 1) != previous.equals(Sha256.NONE)) {
            throw new IllegalArgumentException("checkpoints count from 1, and each but the first has one before");
        }
        if (audit.size() > MOST_MINUTES || recordings.size() > MOST_RECORDINGS) {
            throw new IllegalArgumentException("a checkpoint larger than checkpoints are");
        }
        for (int i = 0; i < audit.size(); i++) {
            long at = audit.get(i).minute();
            if (at > minute || (i > 0 && at <= audit.get(i - 1).minute())) {
                throw new IllegalArgumentException("the minutes of a checkpoint ascend, and end with its own");
            }
        }
        for (int i = 1; i < recordings.size(); i++) {
            var before = recordings.get(i - 1).session().value();
            if (before.compareTo(recordings.get(i).session().value()) >= 0) {
                throw new IllegalArgumentException("the recordings of a checkpoint ascend");
            }
        }
    }

    /// A checkpoint with its signature, as it is stored and handed out.
    ///
    /// @param bytes its canonical form
    public record Signed(byte[] bytes, byte[] signature) {

        /// What the next checkpoint names.
        public Sha256 hash() {
            return Sha256.of(bytes);
        }

        /// Whether `key` signed it.
        public boolean verifies(TenantKey key) {
            return key.verifies(PURPOSE, bytes, signature);
        }

        /// What it says; nothing of it is true unless [#verifies].
        ///
        /// @throws IllegalArgumentException when it is no checkpoint
        public Checkpoint checkpoint() {
            return Checkpoint.read(bytes);
        }
    }

    /// Signs it.
    public Signed sign(TenantKey.Signer signer) {
        var bytes = write();
        return new Signed(bytes, signer.sign(PURPOSE, bytes));
    }

    /// What the next checkpoint names.
    public Sha256 hash() {
        return Sha256.of(write());
    }

    /// The canonical form.
    public byte[] write() {
        var text = new StringBuilder(256 + 100 * (audit.size() + recordings.size()));
        text.append(HEAD).append('\n');
        text.append("tenant ").append(tenant).append('\n');
        text.append("number ").append(number).append('\n');
        text.append("minute ").append(minute).append('\n');
        text.append("previous ").append(previous.hex()).append('\n');
        for (var each : audit) {
            text.append("audit %d %d %s\n"
                    .formatted(each.minute(), each.count(), each.hash().hex()));
        }
        for (var each : recordings) {
            text.append("recording %s %d %s %s\n"
                    .formatted(each.session(), each.chunks(), each.lastHash().hex(), each.state()));
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /// Reads a canonical form: nothing else, not even an equal one in other words.
    ///
    /// @throws IllegalArgumentException when it is something else
    public static Checkpoint read(byte[] bytes) {
        if (bytes.length > LONGEST) {
            throw new IllegalArgumentException("the checkpoint is longer than " + LONGEST + " bytes");
        }
        var text = new String(bytes, StandardCharsets.US_ASCII);
        var lines = text.split("\n", -1);
        if (lines.length < 6 || !lines[0].equals(HEAD) || !lines[lines.length - 1].isEmpty()) {
            throw new IllegalArgumentException("not a checkpoint");
        }
        var audit = new ArrayList<AuditMinute>();
        var recordings = new ArrayList<RecordingMark>();
        for (int i = 5; i < lines.length - 1; i++) {
            var words = lines[i].split(" ", -1);
            switch (words[0] + " " + words.length) {
                case "audit 4" ->
                    audit.add(new AuditMinute(
                            Long.parseLong(words[1]), Integer.parseInt(words[2]), Sha256.parse(words[3])));
                case "recording 5" ->
                    recordings.add(new RecordingMark(
                            new SessionId(words[1]),
                            Integer.parseInt(words[2]),
                            Sha256.parse(words[3]),
                            RecordingState.valueOf(words[4])));
                default -> throw new IllegalArgumentException("a line in a checkpoint that nobody knows");
            }
        }
        var checkpoint = new Checkpoint(
                new TenantId(word(lines[1], "tenant ")),
                Long.parseLong(word(lines[2], "number ")),
                Long.parseLong(word(lines[3], "minute ")),
                Sha256.parse(word(lines[4], "previous ")),
                audit,
                recordings);
        if (!new String(checkpoint.write(), StandardCharsets.US_ASCII).equals(text)) {
            throw new IllegalArgumentException("a checkpoint that is not in its canonical form");
        }
        return checkpoint;
    }

    private static String word(String line, String key) {
        if (!line.startsWith(key)) {
            throw new IllegalArgumentException("not a checkpoint");
        }
        return line.substring(key.length());
    }
}
