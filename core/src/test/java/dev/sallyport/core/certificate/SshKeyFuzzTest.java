package dev.sallyport.core.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;

/// Whatever an administrator pastes as a CA's key or as the proof that they hold it.
@Tag("fuzz")
class SshKeyFuzzTest {

    @FuzzTest
    void aPublicKeyIsReadOrRefused(byte[] bytes) {
        var text = new String(bytes, StandardCharsets.UTF_8);
        try {
            var key = SshPublicKey.parse(text);
            assertThat(key.fingerprint()).startsWith("SHA256:");
            assertThat(SshPublicKey.parse(key.line()).fingerprint()).isEqualTo(key.fingerprint());
        } catch (IllegalArgumentException refused) {
            assertThat(refused.getMessage()).isNotEmpty().hasSizeLessThan(200);
        }
        try {
            SshPublicKey.parse(bytes);
        } catch (IllegalArgumentException refused) {
            assertThat(refused.getMessage()).isNotEmpty().hasSizeLessThan(200);
        }
    }

    @FuzzTest
    void aSignatureIsReadOrRefusedAndProvesNothingElse(byte[] bytes) {
        try {
            var signature = SshSignature.parse(new String(bytes, StandardCharsets.UTF_8));
            assertThat(signature.key().fingerprint()).startsWith("SHA256:");
            assertThat(signature.verifies("another@sallyport", bytes))
                    .as("over the text that holds it, for another purpose")
                    .isFalse();
        } catch (IllegalArgumentException refused) {
            assertThat(refused.getMessage()).isNotEmpty().hasSizeLessThan(200);
        }
    }
}
