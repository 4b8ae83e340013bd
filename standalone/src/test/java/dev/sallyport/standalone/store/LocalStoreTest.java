package dev.sallyport.standalone.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.tenant.FileTenantSigners;
import dev.sallyport.core.tenant.Tenant;
import dev.sallyport.store.Store;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalStoreTest {

    private static final Clock CLOCK = Clock.systemUTC();

    @TempDir
    Path folder = Path.of("");

    @Test
    void aRestartKeepsEverything() throws Exception {
        var id = TenantId.next(CLOCK);
        var key = new FileTenantSigners(folder.resolve("keys")).of(id).publicKey();
        try (var local = LocalStore.embedded(folder)) {
            new Store(local.tables(CLOCK)).tenants().create(Actor.SYSTEM, new Tenant(id, "acme", 1, key));
        }
        try (var local = LocalStore.embedded(folder)) {
            assertThat(new Store(local.tables(CLOCK)).tenants().bySlug("acme").map(Tenant::id))
                    .contains(id);
        }
    }
}
