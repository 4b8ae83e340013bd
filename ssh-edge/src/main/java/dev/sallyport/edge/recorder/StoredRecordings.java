package dev.sallyport.edge.recorder;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.RecordingRow;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.core.recording.SealedRecording;
import dev.sallyport.store.Recordings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes what became of recordings into their rows.
///
/// A state only ever gets better: a recording that was completed or recovered is not marked incomplete
/// afterwards. One that was deleted stays so.
public final class StoredRecordings implements SealedListener {

    private static final Logger LOG = LoggerFactory.getLogger(StoredRecordings.class);

    private final Recordings rows;

    public StoredRecordings(Recordings rows) {
        this.rows = rows;
    }

    @Override
    public void sealed(SealedRecording recording) {
        var written = rows.change(recording.tenant(), recording.session(), row -> sealed(row, recording));
        LOG.debug("recording {}: {}", recording.session(), written);
    }

    @Override
    public boolean deleted(TenantId tenant, SessionId session) {
        return rows.get(tenant, session).flatMap(RecordingRow::deletion).isPresent();
    }

    private static RecordingRow sealed(RecordingRow row, SealedRecording recording) {
        if (row.state() == RecordingState.COMPLETE || row.state() == RecordingState.RECOVERED) {
            return row;
        }
        return new RecordingRow(
                row.tenant(),
                row.session(),
                row.wrappedDataKey(),
                row.level(),
                recording.state(),
                recording.position().chunks(),
                recording.position().hash().bytes(),
                row.version());
    }
}
