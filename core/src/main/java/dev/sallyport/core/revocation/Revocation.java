package dev.sallyport.core.revocation;

import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import java.time.Instant;
import java.util.Optional;

/// A fact that takes certificates out of use.
///
/// @param until when the fact may be forgotten, because what it names is out of date by then; none: never
/// @param reason for people
public record Revocation(TenantId tenant, What what, String reason, Instant since, Optional<Instant> until) {

    public Revocation {
        if (reason.length() > 1_000) {
            throw new IllegalArgumentException("a reason has at most 1,000 characters");
        }
    }

    /// Whether it still counts at `now`.
    public boolean counts(Instant now) {
        return until.map(now::isBefore).orElse(true);
    }

    /// What is revoked.
    public sealed interface What {

        /// Names it in the store and the API: kind, `#`, and what identifies it.
        String key();

        /// Reads what [#key] wrote.
        ///
        /// @throws IllegalArgumentException when it is no such text
        static What parse(String key) {
            var parts = key.split("#", 3);
            if (parts.length < 2) {
                throw new IllegalArgumentException("not a revocation");
            }
            return switch (parts[0]) {
                case "SERIAL" -> {
                    if (parts.length != 3) {
                        throw new IllegalArgumentException("not a revocation");
                    }
                    yield new Serial(parts[1], Long.parseUnsignedLong(parts[2]));
                }
                case "KEYID" -> new CertificateKeyId(key.substring(6));
                case "KEY" -> new Key(parts[1]);
                case "CA" -> new Ca(parts[1]);
                case "USER" -> new AllOf(new UserId(parts[1]));
                default -> throw new IllegalArgumentException("not a revocation");
            };
        }

        private static void checkFingerprint(String fingerprint) {
            if (!fingerprint.matches("SHA256:[A-Za-z0-9+/]{43}")) {
                throw new IllegalArgumentException("a fingerprint reads SHA256: and 43 characters");
            }
        }
    }

    /// The certificates of a CA with this serial (unsigned).
    public record Serial(String caFingerprint, long serial) implements What {
        public Serial {
            What.checkFingerprint(caFingerprint);
        }

        @Override
        public String key() {
            return "SERIAL#" + caFingerprint + "#" + Long.toUnsignedString(serial);
        }
    }

    /// All certificates with this key id (`ssh-keygen -I`).
    public record CertificateKeyId(String keyId) implements What {
        /// Longest key id that can be revoked, in characters.
        public static final int LONGEST = 256;

        public CertificateKeyId {
            if (keyId.isEmpty() || keyId.length() > LONGEST) {
                throw new IllegalArgumentException("a key id has 1 to " + LONGEST + " characters");
            }
        }

        @Override
        public String key() {
            return "KEYID#" + keyId;
        }
    }

    /// All certificates for this key.
    public record Key(String fingerprint) implements What {
        public Key {
            What.checkFingerprint(fingerprint);
        }

        @Override
        public String key() {
            return "KEY#" + fingerprint;
        }
    }

    /// All certificates of this CA.
    public record Ca(String fingerprint) implements What {
        public Ca {
            What.checkFingerprint(fingerprint);
        }

        @Override
        public String key() {
            return "CA#" + fingerprint;
        }
    }

    /// All certificates of this user that began to count before the revocation.
    public record AllOf(UserId user) implements What {
        @Override
        public String key() {
            return "USER#" + user.value();
        }
    }
}
