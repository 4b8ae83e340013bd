package dev.sallyport.core.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.tenant.TenantKey;
import java.net.URI;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JoinLineTest {

    private final TenantId tenant = TenantId.next(Clock.systemUTC());
    private final AgentId agent = AgentId.next(Clock.systemUTC());
    private final JoinToken token = JoinToken.issue(tenant, agent);
    private final byte[] pin = AgentToken.sha256(new byte[] {1});

    private JoinLine line(String api) {
        return new JoinLine(URI.create(api), token, pin);
    }

    @Test
    void aLineReadsBackAndNoShellChangesIt() throws Exception {
        for (var api : List.of(
                "https://api.example.com",
                "https://api.example.com:8443",
                "https://api.example.com/prod",
                "https://192.0.2.1:8443/a/b",
                "http://127.0.0.1:8009",
                "http://localhost:8009")) {
            var text = line(api).text();
            assertThat(text).matches("[A-Za-z0-9+:/@._-]+");
            var read = JoinLine.parse("  " + text + "\n");
            assertThat(read.api()).isEqualTo(URI.create(api));
            assertThat(read.token()).isEqualTo(token);
            assertThat(read.pin()).isEqualTo(pin);
            assertThat(read.register()).isEqualTo(URI.create(api + "/v1/agents/register"));
        }
    }

    @Test
    void aTokenIsAlwaysAnotherAndDoesNotPrint() {
        assertThat(JoinToken.issue(tenant, agent).text()).isNotEqualTo(token.text());
        assertThat(token.toString() + line("https://api")).doesNotContain(token.secret());
    }

    @Test
    void plainHttpIsForThisMachineOnly() {
        for (var api : List.of(
                "http://api.example.com",
                "http://192.0.2.1",
                "http://127.0.0.1.example.com",
                "http://localhost.example.com",
                "ftp://127.0.0.1",
                "https://user@api.example.com",
                "https://api.example.com/?a=b",
                "https://api.example.com/..//x",
                "https://api.example.com#x")) {
            assertThatExceptionOfType(IllegalArgumentException.class).as(api).isThrownBy(() -> line(api));
            var pasted = line("https://API").text().replace("https", api.replaceFirst(":.*", ""));
            refused(pasted.replace("API", api.replaceFirst(".*://", "")));
        }
    }

    @Test
    void aLineCutAnywhereOrFullOfGarbageIsRefusedAndTheMessageRepeatsNothingOfIt() {
        var text = line("https://api.example.com").text();
        for (int end = 0; end < text.indexOf("@api") + 2; end++) {
            refused(text.substring(0, end));
        }
        refused(text + "?x");
        refused(text.replace("_join_", "_key_"));
        refused(text + "x".repeat(3_000));
        var random = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            var changed = new StringBuilder(text);
            changed.setCharAt(random.nextInt(text.indexOf('@')), (char) random.nextInt(128));
            try {
                JoinLine.parse(changed.toString());
            } catch (BadAgentKey e) {
                assertThat(e).hasMessageNotContaining(token.secret());
            }
        }
    }

    @Test
    void aKeyOfAnotherAgentOrForAnotherEdgeWasNotPromised() throws Exception {
        var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        var signer = TenantKey.Signer.of(pair.getPrivate(), new TenantKey(pair.getPublic()));
        var key = AgentToken.issue(signer, tenant, agent, "site");
        var line = line("https://api.example.com");
        assertThat(line.promised(new AgentKey("edge", 8010, key, pin))).isTrue();
        assertThat(line.promised(new AgentKey("edge", 8010, key, new byte[32]))).isFalse();
        var others = AgentToken.issue(signer, tenant, AgentId.next(Clock.systemUTC()), "site");
        assertThat(line.promised(new AgentKey("edge", 8010, others, pin))).isFalse();
        var elsewhere = AgentToken.issue(signer, TenantId.next(Clock.systemUTC()), agent, "site");
        assertThat(line.promised(new AgentKey("edge", 8010, elsewhere, pin))).isFalse();
    }

    private void refused(String text) {
        assertThatExceptionOfType(BadAgentKey.class)
                .as(text)
                .isThrownBy(() -> JoinLine.parse(text))
                .withMessageNotContaining(token.secret());
    }
}
