package dev.sallyport.core.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.tenant.TenantKey;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AgentKeyTest {

    private static final TenantKey.Signer SIGNER = signer();
    private static final TenantId TENANT = TenantId.next(Clock.systemUTC());
    private static final AgentId AGENT = AgentId.next(Clock.systemUTC());

    private final AgentToken token = AgentToken.issue(SIGNER, TENANT, AGENT, "demo");
    private final byte[] pin = AgentToken.sha256(new byte[] {1, 2, 3});

    @Test
    void aTokenNamesTenantAndAgentAndIsSignedByTheTenant() throws Exception {
        var read = AgentToken.parse(token.text());
        assertThat(read.tenant()).isEqualTo(TENANT);
        assertThat(read.agent()).isEqualTo(AGENT);
        assertThat(read.name()).isEqualTo("demo");
        assertThat(read.tenantKey().text()).isEqualTo(SIGNER.publicKey().text());
        assertThat(read.text()).isEqualTo(token.text());
        assertThat(read.hash()).isEqualTo(token.hash()).isEqualTo(AgentToken.hash(token.text()));
        assertThat(read.signedBy(SIGNER.publicKey())).isTrue();
    }

    @Test
    void aTokenThatAnotherKeySignedIsNotTheTenants() throws Exception {
        var forged = AgentToken.issue(signer(), TENANT, AGENT, "demo");
        assertThat(AgentToken.parse(forged.text()).signedBy(SIGNER.publicKey())).isFalse();
    }

    @Test
    void noTwoTokensAreTheSame() {
        assertThat(AgentToken.issue(SIGNER, TENANT, AGENT, "demo").text()).isNotEqualTo(token.text());
    }

    @Test
    void theKeyIsOneLineThatReadsBack() throws Exception {
        for (var host : new String[] {"localhost", "127.0.0.1", "edge.example.com", "[::1]"}) {
            var key = new AgentKey(host, 8010, token, pin);
            var read = AgentKey.parse("  " + key.text() + "\n");
            assertThat(read.host()).isEqualTo(host);
            assertThat(read.port()).isEqualTo(8010);
            assertThat(read.pin()).isEqualTo(pin);
            assertThat(read.token().text()).isEqualTo(token.text());
            assertThat(read.pins(new byte[] {1, 2, 3})).isTrue();
            assertThat(read.pins(new byte[] {1, 2})).isFalse();
        }
    }

    @Test
    void neitherKeyNorTokenPrints() {
        assertThat(new AgentKey("localhost", 1, token, pin).toString()).doesNotContain(token.text());
        assertThat(token.toString()).doesNotContain(token.text());
    }

    @Test
    void aKeyCutOrChangedAnywhereIsRefusedAndTheMessageRepeatsNothingOfIt() {
        var text = new AgentKey("localhost", 8010, token, pin).text();
        for (int end = 0; end < text.length(); end++) {
            refused(text.substring(0, end));
        }
        // from the token on, no change of one character gives another valid key
        for (int at = text.indexOf("token="); at < text.length(); at++) {
            char other = text.charAt(at) == 'A' ? 'B' : 'A';
            refusedOrOtherPin(text.substring(0, at) + other + text.substring(at + 1), text.indexOf("&pin=") + 5, at);
        }
        refused(text + "x");
        refused(text + "#fragment");
        refused(text.replace("://", "://user@"));
        refused(text.replace(":8010", ":8010/path"));
        refused(text.replace(":8010", ":0"));
        refused(text.replace(":8010", ":65536"));
        refused(text + "a".repeat(AgentKey.LONGEST));
    }

    @Test
    void garbageIsRefused() {
        var random = new Random(7);
        for (int i = 0; i < 2_000; i++) {
            var bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            var garbage = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
            refused("sallyport://localhost:1?token=" + garbage + "&pin=" + garbage);
        }
    }

    @Test
    void aNameThatCouldInjectIsNotIssued() {
        for (var name : new String[] {"", "a b", "a\nkey x", "Ä", "-a", "a".repeat(64)}) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> AgentToken.issue(SIGNER, TENANT, AGENT, name));
        }
    }

    private static void refused(String text) {
        assertThatExceptionOfType(BadAgentKey.class)
                .isThrownBy(() -> AgentKey.parse(text))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    }

    private void refusedOrOtherPin(String text, int pinFrom, int at) {
        try {
            var read = AgentKey.parse(text);
            assertThat(at)
                    .as("only a change within the pin gives a key that reads")
                    .isGreaterThanOrEqualTo(pinFrom);
            assertThat(read.pin()).isNotEqualTo(pin);
        } catch (BadAgentKey e) {
            assertThat(e.getMessage()).contains("copy");
        }
    }

    private static TenantKey.Signer signer() {
        try {
            var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            return TenantKey.Signer.of(pair.getPrivate(), new TenantKey(pair.getPublic()));
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
