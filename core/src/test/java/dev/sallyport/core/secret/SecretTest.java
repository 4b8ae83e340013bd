package dev.sallyport.core.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SecretTest {

    @Test
    void aSecretDoesNotPrint() {
        assertThat(Secret.of("hunter2").toString()).doesNotContain("hunter2");
        assertThat(SecretReference.parse("text:hunter2").toString()).doesNotContain("hunter2");
    }

    @Test
    void secretsAreEqualByTheirBytes() {
        assertThat(Secret.of("a")).isEqualTo(Secret.of(new byte[] {'a'})).isNotEqualTo(Secret.of("b"));
    }

    @Test
    void aClosedSecretIsEmptyOfMeaning() {
        var secret = Secret.of("hunter2");
        secret.close();
        assertThat(secret.revealText()).isEqualTo("\0".repeat(7));
    }

    @Test
    void aReferenceKeepsWhatFollowsItsScheme() {
        assertThat(SecretReference.parse("file:/a:b")).isEqualTo(new SecretReference("file", "/a:b"));
        for (var bad : List.of("", "hunter2", ":x", "ENV:x", "env name:x")) {
            assertThatThrownBy(() -> SecretReference.parse(bad)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
