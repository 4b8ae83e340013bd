package dev.sallyport.core.recording;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.secret.Secret;
import java.security.GeneralSecurityException;
import java.time.Clock;
import org.junit.jupiter.api.Tag;

/// Whatever bytes stand for a chunk, for its compressed events, or for the events: refused, or events within
/// all bounds.
@Tag("fuzz")
class ChunkFuzzTest {

    private static final TenantId TENANT = TenantId.next(Clock.systemUTC());
    private static final SessionId SESSION = SessionId.next(Clock.systemUTC());
    private static final RecordingHead HEAD =
            new RecordingHead(ConnectionId.next(Clock.systemUTC()), RecordingLevel.FULL, 5);
    private static final Secret KEY = Secret.of(new byte[32]);

    private interface Attempt {
        Chunk chunk() throws BadChunk, GeneralSecurityException;
    }

    @FuzzTest
    void aChunkIsReadOrRefused(byte[] bytes) throws GeneralSecurityException {
        int count = bytes.length == 0 ? 0 : bytes[0];
        readOrRefused(() -> Chunk.parse(bytes));
        readOrRefused(() -> Forged.chunk(TENANT, SESSION, HEAD, KEY, bytes, count, 100));
        readOrRefused(() -> Forged.chunk(TENANT, SESSION, HEAD, KEY, Forged.compressed(bytes), count, bytes.length));
    }

    private static void readOrRefused(Attempt attempt) throws GeneralSecurityException {
        try {
            var chunk = attempt.chunk();
            assertThat(chunk.events(KEY)).hasSize(chunk.header().count());
        } catch (BadChunk refused) {
            assertThat(refused).hasMessageContaining("chunk");
        }
    }
}
