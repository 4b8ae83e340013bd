package dev.sallyport.core.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TenantKeyTest {

    private static final String PURPOSE = "test v1";

    private final KeyPair pair;
    private final TenantKey key;
    private final TenantKey.Signer signer;

    TenantKeyTest() throws GeneralSecurityException {
        pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        key = new TenantKey(pair.getPublic());
        signer = TenantKey.Signer.of(pair.getPrivate(), key);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4_078, 4_079, 60_000})
    void whatIsSignedIsVerifiedAndNothingElse(int length) {
        var bytes = random(length);
        var signature = signer.sign(PURPOSE, bytes);

        assertThat(TenantKey.message(PURPOSE, bytes).length).isLessThanOrEqualTo(TenantKey.LONGEST_MESSAGE);
        assertThat(key.verifies(PURPOSE, bytes, signature)).isTrue();
        assertThat(key.verifies("other v1", bytes, signature)).isFalse();
        assertThat(key.verifies(PURPOSE, random(length + 1), signature)).isFalse();
        signature[5] ^= 1;
        assertThat(key.verifies(PURPOSE, bytes, signature)).isFalse();
        assertThat(key.verifies(PURPOSE, bytes, new byte[3])).isFalse();
    }

    /// The hash of a long text, taken for a text itself, is another thing: a signature of one is none of the other.
    @Test
    void aHashIsNoTextAndATextNoHash() throws GeneralSecurityException {
        var text = random(10_000);
        var hash = MessageDigest.getInstance("SHA-512").digest(text);

        assertThat(key.verifies(PURPOSE, hash, signer.sign(PURPOSE, text))).isFalse();
        assertThat(key.verifies(PURPOSE, text, signer.sign(PURPOSE, hash))).isFalse();
        assertThatThrownBy(() -> signer.sign(PURPOSE + " sha-512", hash)).isInstanceOf(IllegalArgumentException.class);
    }

    /// As a key file signed before.
    @Test
    void aLongTextThatWasSignedAsItIsStillCounts() throws GeneralSecurityException {
        var text = random(10_000);
        var raw = Signature.getInstance("Ed25519");
        raw.initSign(pair.getPrivate());
        raw.update(("sallyport " + PURPOSE + "\0").getBytes(StandardCharsets.UTF_8));
        raw.update(text);

        assertThat(key.verifies(PURPOSE, text, raw.sign())).isTrue();
    }

    private static byte[] random(int length) {
        var bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
