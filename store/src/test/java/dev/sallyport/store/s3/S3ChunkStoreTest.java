package dev.sallyport.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.ChunkConflict;
import dev.sallyport.core.recording.ChunkHeader;
import dev.sallyport.store.aws.S3StandIn;
import dev.sallyport.store.https.Authorities;
import java.io.IOException;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The contract of chunk stores, as `FolderChunkStoreTest` has it, over HTTP.
class S3ChunkStoreTest {

    private static final TenantId TENANT = TenantId.next(Clock.systemUTC());
    private static final SessionId SESSION = SessionId.next(Clock.systemUTC());

    private final S3StandIn s3 = new S3StandIn().serving();
    private final S3ChunkStore store = new S3ChunkStore("recordings", Authorities.AMAZON);

    @AfterEach
    void close() {
        store.close();
        s3.close();
    }

    @Test
    void whatWasPutIsThereUnderItsNumber() throws IOException {
        assertThat(store.numbers(TENANT, SESSION)).isEmpty();
        assertThat(store.get(TENANT, SESSION, 0)).isEmpty();

        store.put(TENANT, SESSION, 10, new byte[] {1, 2});
        store.put(TENANT, SESSION, 2, new byte[] {3});

        assertThat(store.get(TENANT, SESSION, 10)).get().isEqualTo(new byte[] {1, 2});
        assertThat(store.numbers(TENANT, SESSION)).containsExactly(2, 10);
        assertThat(store.numbers(TENANT, SessionId.next(Clock.systemUTC()))).isEmpty();
        assertThat(store.numbers(TenantId.next(Clock.systemUTC()), SESSION)).isEmpty();
        assertThat(s3.objects).containsKey(TENANT + "/" + SESSION + "/000002.chunk");
    }

    @Test
    void aListOfSeveralPagesIsReadToItsEndAndInTheOrderOfTheNumbers() throws IOException {
        for (int number : new int[] {1_000_000, 999_999, 0, 7, 3}) {
            store.put(TENANT, SESSION, number, new byte[] {1});
        }
        s3.objects.put(TENANT + "/" + SESSION + "/notes.txt", new byte[0]);

        assertThat(store.numbers(TENANT, SESSION)).containsExactly(0, 3, 7, 999_999, 1_000_000);
    }

    @Test
    void aChunkIsNeverOverwritten() throws IOException {
        store.put(TENANT, SESSION, 0, new byte[] {1});
        store.put(TENANT, SESSION, 0, new byte[] {1});

        assertThatThrownBy(() -> store.put(TENANT, SESSION, 0, new byte[] {2})).isInstanceOf(ChunkConflict.class);
        assertThat(store.get(TENANT, SESSION, 0)).get().isEqualTo(new byte[] {1});
    }

    @Test
    void chunksAreDeletedSomeAtATimeTheLastOnesFirst() throws IOException {
        for (int number = 0; number < 5; number++) {
            store.put(TENANT, SESSION, number, new byte[] {1});
        }
        var other = SessionId.next(Clock.systemUTC());
        store.put(TENANT, other, 0, new byte[] {1});

        assertThat(store.delete(TENANT, SESSION, 3)).isFalse();
        assertThat(store.numbers(TENANT, SESSION)).containsExactly(0, 1);
        assertThat(store.delete(TENANT, SESSION, 3)).isTrue();
        assertThat(store.delete(TENANT, SESSION, 3)).isTrue();
        assertThat(store.numbers(TENANT, SESSION)).isEmpty();
        assertThat(store.numbers(TENANT, other)).containsExactly(0);
    }

    @Test
    void anObjectThatIsTooLongForAChunkIsNotReadToItsEnd() throws IOException {
        s3.objects.put(TENANT + "/" + SESSION + "/000000.chunk", new byte[3 * ChunkHeader.LONGEST_CHUNK]);

        assertThat(store.get(TENANT, SESSION, 0).orElseThrow()).hasSize(ChunkHeader.LONGEST_CHUNK + 1);
    }

    @Test
    void aBucketThatIsNotThereIsAFailureAndNotAnEmptyRecording() {
        try (var other = new S3ChunkStore("another", Authorities.AMAZON)) {
            assertThatThrownBy(() -> other.numbers(TENANT, SESSION)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> other.get(TENANT, SESSION, 0)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> other.put(TENANT, SESSION, 0, new byte[1])).isInstanceOf(IOException.class);
        }
    }
}
