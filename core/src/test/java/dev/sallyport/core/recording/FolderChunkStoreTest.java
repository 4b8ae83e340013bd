package dev.sallyport.core.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderChunkStoreTest {

    private static final TenantId TENANT = TenantId.next(Clock.systemUTC());
    private static final SessionId SESSION = SessionId.next(Clock.systemUTC());

    @TempDir
    private Path folder;

    @Test
    void whatWasPutIsThereUnderItsNumber() throws IOException {
        var store = new FolderChunkStore(folder.resolve("recordings"));
        assertThat(store.numbers(TENANT, SESSION)).isEmpty();
        assertThat(store.get(TENANT, SESSION, 0)).isEmpty();

        store.put(TENANT, SESSION, 10, new byte[] {1, 2});
        store.put(TENANT, SESSION, 2, new byte[] {3});

        assertThat(store.get(TENANT, SESSION, 10)).get().isEqualTo(new byte[] {1, 2});
        assertThat(store.numbers(TENANT, SESSION)).containsExactly(2, 10);
        assertThat(store.numbers(TENANT, SessionId.next(Clock.systemUTC()))).isEmpty();
    }

    @Test
    void aChunkIsNeverOverwritten() throws IOException {
        var store = new FolderChunkStore(folder);
        store.put(TENANT, SESSION, 0, new byte[] {1});
        store.put(TENANT, SESSION, 0, new byte[] {1});

        assertThatThrownBy(() -> store.put(TENANT, SESSION, 0, new byte[] {2})).isInstanceOf(ChunkConflict.class);
        assertThat(store.get(TENANT, SESSION, 0)).get().isEqualTo(new byte[] {1});
    }

    @Test
    void chunksAreDeletedSomeAtATimeTheLastOnesFirst() throws IOException {
        var store = new FolderChunkStore(folder);
        for (int number = 0; number < 5; number++) {
            store.put(TENANT, SESSION, number, new byte[] {1});
        }
        var other = SessionId.next(Clock.systemUTC());
        store.put(TENANT, other, 0, new byte[] {1});

        assertThat(store.delete(TENANT, SESSION, 3)).isFalse();
        assertThat(store.numbers(TENANT, SESSION)).containsExactly(0, 1);
        assertThat(store.delete(TENANT, SESSION, 3)).isTrue();
        assertThat(store.delete(TENANT, SESSION, 3)).isTrue();
        assertThat(folder.resolve(TENANT.value()).resolve(SESSION.value())).doesNotExist();
        assertThat(store.numbers(TENANT, other)).containsExactly(0);
    }

    @Test
    void onlyTheOwnerReadsThem() throws IOException {
        var store = new FolderChunkStore(folder.resolve("recordings"));
        store.put(TENANT, SESSION, 0, new byte[] {1});

        try (var files = Files.walk(folder.resolve("recordings"))) {
            assertThat(files.map(file -> permissions(file)))
                    .containsOnly("rwx------", "rw-------")
                    .hasSize(4);
        }
    }

    private static String permissions(Path file) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
