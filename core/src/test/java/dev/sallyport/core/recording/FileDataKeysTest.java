package dev.sallyport.core.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.id.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDataKeysTest {

    private static final TenantId TENANT = TenantId.next(Clock.systemUTC());

    @TempDir
    private Path folder;

    @Test
    void aWrappedKeyIsUnwrappedByAnotherProcess() throws IOException {
        var file = folder.resolve("master");
        var made = FileDataKeys.readOrCreate(file).next(TENANT);

        assertThat(FileDataKeys.readOrCreate(file).unwrap(TENANT, made.wrapped()))
                .isEqualTo(made.key());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void anotherTenantDoesNotUnwrapIt() throws IOException {
        var keys = FileDataKeys.readOrCreate(folder.resolve("master"));
        var made = keys.next(TENANT);

        assertThatThrownBy(() -> keys.unwrap(TenantId.next(Clock.systemUTC()), made.wrapped()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatWasChangedDoesNotUnwrap() throws IOException {
        var keys = FileDataKeys.readOrCreate(folder.resolve("master"));
        var wrapped = keys.next(TENANT).wrapped();
        for (int i = 0; i < wrapped.length; i++) {
            var changed = wrapped.clone();
            changed[i] ^= 1;
            assertThatThrownBy(() -> keys.unwrap(TENANT, changed)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> keys.unwrap(TENANT, new byte[0])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFileOfAnotherLengthIsNoMasterKey() throws IOException {
        var file = folder.resolve("master");
        Files.write(file, new byte[31]);
        assertThatThrownBy(() -> FileDataKeys.readOrCreate(file)).isInstanceOf(IOException.class);
    }
}
