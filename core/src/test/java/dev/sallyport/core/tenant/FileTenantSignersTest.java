package dev.sallyport.core.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.id.TenantId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileTenantSignersTest {

    private static final byte[] TEXT = "what is signed".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private final TenantId tenant = TenantId.next(Clock.systemUTC());

    @Test
    void aKeyIsMadeOnDemandAndStaysTheSameAfterARestart() {
        var before = new FileTenantSigners(folder).of(tenant);
        var after = new FileTenantSigners(folder).of(tenant);

        assertThat(after.publicKey()).isEqualTo(before.publicKey());
        assertThat(before.publicKey().verifies("test v1", TEXT, after.sign("test v1", TEXT)))
                .isTrue();
    }

    @Test
    void anotherTenantHasAnotherKey() {
        var signers = new FileTenantSigners(folder);
        var other = signers.of(TenantId.next(Clock.systemUTC()));

        assertThat(signers.of(tenant).publicKey().verifies("test v1", TEXT, other.sign("test v1", TEXT)))
                .isFalse();
    }

    @Test
    void onlyTheOwnerReadsAKeyFile() throws Exception {
        new FileTenantSigners(folder).of(tenant);

        try (var files = Files.list(folder)) {
            var names = files.toList();
            assertThat(names).hasSize(1);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(names.getFirst())))
                    .isEqualTo("rw-------");
        }
    }
}
