package dev.sallyport.core.audit;

import dev.sallyport.core.hash.Sha256;
import dev.sallyport.core.id.Ulid;

/// What a checkpoint says of one minute of the audit log.
///
/// @param minute minutes since 1970
/// @param count how many entries it has
/// @param hash over them, see [AuditChain]
public record AuditMinute(long minute, int count, Sha256 hash) {

    public AuditMinute {
        if (minute < 0 || count < 0) {
            throw new IllegalArgumentException("a minute of the audit log counts from 0");
        }
    }

    /// The minute that an entry belongs to, by its id.
    public static long of(AuditEntry entry) {
        return Ulid.epochMillis(entry.id()) / 60_000;
    }
}
