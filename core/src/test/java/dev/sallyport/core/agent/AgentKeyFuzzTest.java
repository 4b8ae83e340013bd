package dev.sallyport.core.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;

/// Whatever is pasted as an agent's key, or sent to an edge as its token (attack class 37).
@Tag("fuzz")
class AgentKeyFuzzTest {

    @FuzzTest
    void aKeyIsReadOrRefusedWithoutRepeatingIt(byte[] bytes) {
        var text = new String(bytes, StandardCharsets.UTF_8);
        try {
            var key = AgentKey.parse(text);
            assertThat(AgentKey.parse(key.text()).text()).isEqualTo(key.text());
            assertThat(key.token().signedBy(key.token().tenantKey())).isTrue();
            assertThat(key.toString()).doesNotContain(key.token().text());
        } catch (BadAgentKey refused) {
            assertThat(refused.getMessage()).startsWith("The").hasSizeLessThan(300);
        }
    }

    /// Two texts never are the same token: an edge looks tokens up by the hash of their text.
    @FuzzTest
    void aTokenIsReadOrRefusedAndHasOneText(byte[] bytes) {
        var text = new String(bytes, StandardCharsets.UTF_8);
        try {
            var token = AgentToken.parse(text);
            assertThat(token.text()).isEqualTo(text);
            assertThat(token.hash()).isEqualTo(AgentToken.hash(text));
            assertThat(token.signedBy(token.tenantKey())).isTrue();
        } catch (BadAgentKey refused) {
            assertThat(refused.getMessage()).startsWith("The agent's token");
        }
    }
}
