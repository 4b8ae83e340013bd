package dev.sallyport.store.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.secret.Secret;
import dev.sallyport.core.tenant.TenantKey;
import dev.sallyport.store.aws.KmsStandIn;
import dev.sallyport.store.https.Authorities;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Collections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KmsTest {

    private static final TenantId OURS = TenantId.next(Clock.systemUTC());
    private static final TenantId THEIRS = TenantId.next(Clock.systemUTC());

    private final KmsStandIn standIn = new KmsStandIn().serving();
    private final Kms kms = new Kms(Authorities.JDK);
    private final KmsTenantSigners signers = new KmsTenantSigners(kms, "alias/sallyport/tenant/");
    private final KmsDataKeys dataKeys = new KmsDataKeys(kms, "alias/data");

    @AfterEach
    void close() {
        kms.close();
        standIn.close();
    }

    @Test
    void aTenantsKeyIsMadeOnceAndSignsForIt() {
        var bytes = "definition".getBytes(StandardCharsets.UTF_8);
        var signer = signers.of(OURS);

        var signature = signer.sign("test v1", bytes);

        assertThat(signer.publicKey().verifies("test v1", bytes, signature)).isTrue();
        assertThat(signer.publicKey().verifies("other v1", bytes, signature)).isFalse();
        var elsewhere = new KmsTenantSigners(kms, "alias/sallyport/tenant/");
        assertThat(elsewhere.of(OURS).publicKey()).isEqualTo(signer.publicKey());
        assertThat(elsewhere.of(THEIRS).publicKey()).isNotEqualTo(signer.publicKey());
        assertThat(Collections.frequency(standIn.actions(), "kms:CreateKey")).isEqualTo(2);
    }

    @Test
    void ofMoreThanKmsSignsTheHashIsSigned() {
        var signer = signers.of(OURS);
        int room = TenantKey.LONGEST_MESSAGE - "sallyport test v1\0".length();

        for (int length : new int[] {room, room + 1, 100_000}) {
            var bytes = new byte[length];
            var signature = signer.sign("test v1", bytes);
            assertThat(signer.publicKey().verifies("test v1", bytes, signature))
                    .as("%s bytes", length)
                    .isTrue();
            bytes[length - 1] = 1;
            assertThat(signer.publicKey().verifies("test v1", bytes, signature)).isFalse();
        }
    }

    @Test
    void aDataKeyIsUnwrappedForItsTenantOnly() {
        var made = dataKeys.next(OURS);

        assertThat(dataKeys.unwrap(OURS, made.wrapped())).isEqualTo(made.key());
        assertThat(made.key().<Integer>reveal(bytes -> bytes.length)).isEqualTo(32);
        assertThatThrownBy(() -> dataKeys.unwrap(THEIRS, made.wrapped())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> dataKeys.unwrap(OURS, new byte[80])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new KmsDataKeys(kms, "alias/other").unwrap(OURS, made.wrapped()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new KmsDataKeys(kms, "alias/other").next(OURS))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void everyProcessDerivesTheSameKeyWhenItFirstNeedsIt() {
        var urls = new DerivedKey(kms, "alias/urls", "addresses v1");
        assertThat(standIn.actions()).isEmpty();

        Secret key = urls.get();

        assertThat(urls.get()).isSameAs(key);
        assertThat(standIn.actions()).containsExactly("kms:GenerateMac");
        assertThat(new DerivedKey(kms, "alias/urls", "addresses v1").get()).isEqualTo(key);
        assertThat(new DerivedKey(kms, "alias/urls", "others v1").get()).isNotEqualTo(key);
        assertThat(key.<Integer>reveal(bytes -> bytes.length)).isEqualTo(32);
    }
}
