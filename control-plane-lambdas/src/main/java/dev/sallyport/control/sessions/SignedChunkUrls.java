package dev.sallyport.control.sessions;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Addresses of chunks on the API itself, which an HMAC over everything in them makes hard to guess.
public final class SignedChunkUrls implements ChunkUrls {

    /// How long an address is good for.
    public static final Duration LIFETIME = Duration.ofMinutes(5);

    private final Supplier<Secret> key;
    private final Clock clock;

    /// @param key at least 32 random bytes; addresses are good only with the same key
    public SignedChunkUrls(Secret key, Clock clock) {
        this(() -> key, clock);
    }

    /// @param key gives the key with the first address, and not before
    public SignedChunkUrls(Supplier<Secret> key, Clock clock) {
        this.key = key;
        this.clock = clock;
    }

    @Override
    public String url(TenantId tenant, SessionId session, int number) {
        long expires = clock.instant().plus(LIFETIME).getEpochSecond();
        return "/v1/chunks/" + tenant + "/" + session + "/" + number + "?expires=" + expires + "&signature="
                + signature(tenant, session, number, expires);
    }

    /// Whether the signature is ours, and its time not over.
    boolean holds(TenantId tenant, SessionId session, int number, long expires, String signature) {
        var expected = signature(tenant, session, number, expires).getBytes(StandardCharsets.UTF_8);
        return MessageDigest.isEqual(expected, signature.getBytes(StandardCharsets.UTF_8))
                && clock.instant().isBefore(Instant.ofEpochSecond(expires));
    }

    private String signature(TenantId tenant, SessionId session, int number, long expires) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(key.get().reveal(bytes -> new SecretKeySpec(bytes, "HmacSHA256")));
            var text = "sallyport chunk v1\n" + tenant + "\n" + session + "\n" + number + "\n" + expires;
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC with SHA-256", e);
        }
    }
}
