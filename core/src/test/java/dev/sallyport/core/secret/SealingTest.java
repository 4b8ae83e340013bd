package dev.sallyport.core.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import org.junit.jupiter.api.Test;

final class SealingTest {

    @Test
    void onlyTheKeyThatItWasSealedToOpensIt() {
        var own = Sealing.newKey();
        var to = Sealing.parse(Sealing.text(own.getPublic()));
        var sealed = Sealing.seal(Secret.of("geheim"), to);
        assertThat(Sealing.open(sealed, own).orElseThrow().revealText()).isEqualTo("geheim");
        assertThat(Sealing.open(sealed, Sealing.newKey())).isEmpty();
        assertThat(Sealing.seal(Secret.of("geheim"), to)).isNotEqualTo(sealed);
    }

    @Test
    void whatIsDamagedStaysClosed() {
        var own = Sealing.newKey();
        var sealed = Base64.getDecoder().decode(Sealing.seal(Secret.of("geheim"), own.getPublic()));
        for (int i = 0; i < sealed.length; i++) {
            var damaged = sealed.clone();
            damaged[i] ^= 1;
            assertThat(Sealing.open(Base64.getEncoder().encodeToString(damaged), own))
                    .isEmpty();
            assertThat(Sealing.open(Base64.getEncoder().encodeToString(java.util.Arrays.copyOf(sealed, i)), own))
                    .isEmpty();
        }
        assertThat(Sealing.open("no base64!", own)).isEmpty();
    }

    @Test
    void aKeyOfAnotherKindIsRefused() {
        assertThatThrownBy(() -> Sealing.parse("AAAA")).isInstanceOf(IllegalArgumentException.class);
    }
}
