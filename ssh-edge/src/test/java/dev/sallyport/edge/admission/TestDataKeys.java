package dev.sallyport.edge.admission;

import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.DataKeys;
import dev.sallyport.core.secret.Secret;

/// Data keys that nobody unwraps.
public final class TestDataKeys implements DataKeys {

    @Override
    public DataKey next(TenantId tenant) {
        return new DataKey(Secret.of(new byte[32]), new byte[] {1, 2, 3});
    }

    @Override
    public Secret unwrap(TenantId tenant, byte[] wrapped) {
        throw new IllegalArgumentException("no test unwraps");
    }
}
