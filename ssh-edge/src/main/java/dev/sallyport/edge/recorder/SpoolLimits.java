package dev.sallyport.edge.recorder;

import dev.sallyport.core.recording.ChunkWriter;
import java.time.Duration;

/// The bounds of an edge's spool.
///
/// @param segment a segment is left for the next one when it has this many bytes (`spool.segment`)
/// @param longest bytes of the whole spool (`spool.longest`); past it nothing is appended any more. Ends of
///     recordings, and one message per session that is on its way, still are
/// @param patience how long an append waits for room before it fails (`spool.patience`)
/// @param chunkAge a chunk is cut this long after its first event (`recording.chunk.age`)
/// @param chunk a chunk is cut when its events have this many bytes (`recording.chunk`)
/// @param uploads how many chunks are made and stored at a time (`spool.uploads`)
public record SpoolLimits(int segment, long longest, Duration patience, Duration chunkAge, int chunk, int uploads) {

    /// What holds unless it is configured otherwise.
    public static final SpoolLimits DEFAULT =
            new SpoolLimits(64 << 20, 4L << 30, Duration.ofSeconds(4), Duration.ofSeconds(2), ChunkWriter.CHUNK, 16);

    /// Most time between an append and the moment when it is on the disk.
    static final Duration SYNC = Duration.ofMillis(200);

    /// Bytes of the disk that are left free (`spool.reserve`): for the ends of recordings, and for whatever
    /// else is on that disk.
    static final long RESERVE = 8 << 20;

    /// A segment with fewer bytes than this is not left early, however full the disk is.
    static final int WORTH_LEAVING = 1 << 20;

    public SpoolLimits {
        if (segment < SpoolRecord.LONGEST || segment > 1 << 30 || longest < segment || uploads < 1 || chunk < 1) {
            throw new IllegalArgumentException("the spool's bounds are too small, or a segment is larger than 1 GiB");
        }
    }
}
