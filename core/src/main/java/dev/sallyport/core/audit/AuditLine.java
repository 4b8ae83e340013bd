package dev.sallyport.core.audit;

import dev.sallyport.core.hash.Sha256;

/// An audit entry as evidence: told, or only by its hash where its contents are none of the reader's business.
public sealed interface AuditLine {

    /// The minute that it belongs to, since 1970.
    long minute();

    /// The entry's hash, see [AuditChain#hash(AuditEntry)].
    Sha256 hash();

    /// An entry that may be read.
    record Told(AuditEntry entry) implements AuditLine {
        @Override
        public long minute() {
            return AuditMinute.of(entry);
        }

        @Override
        public Sha256 hash() {
            return AuditChain.hash(entry);
        }
    }

    /// An entry that is only known to be there.
    record Hashed(long minute, Sha256 hash) implements AuditLine {}
}
