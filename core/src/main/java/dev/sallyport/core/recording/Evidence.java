package dev.sallyport.core.recording;

import dev.sallyport.core.audit.AuditLine;
import dev.sallyport.core.audit.Checkpoint;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.secret.Secret;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// What a [Verifier] looks at: one recording and what vouches for it. Nothing of it is trusted.
public interface Evidence {

    TenantId tenant();

    SessionId session();

    /// The numbers of the chunks that are there, ascending.
    List<Integer> chunks() throws IOException;

    /// A chunk as stored; empty when it is not there.
    Optional<byte[]> chunk(int number) throws IOException;

    /// Consecutive checkpoints of the tenant, ascending: from the first that knows the recording to the latest.
    List<Checkpoint.Signed> checkpoints() throws IOException;

    /// The audit log of every minute that the checkpoints tell of, in its order.
    List<AuditLine> audit() throws IOException;

    /// The recording's data key, where the reader may have it.
    Optional<Secret> dataKey() throws IOException;
}
