package dev.sallyport.core.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.secret.SecretReference;
import dev.sallyport.core.tenant.TenantKey;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SignedDefinitionTest {

    private static final Clock CLOCK = Clock.systemUTC();
    private final TenantKey.Signer signer = signer();

    static List<TargetSettings> targets() {
        return List.of(
                new TargetSettings.Custom(
                        List.of("/bin/bash", "-c", "echo \"a b\"\n% + =é"),
                        Optional.of("demo"),
                        TargetSettings.CommandMode.STDIN,
                        true,
                        new TreeMap<>(Map.of("TOKEN", SecretReference.parse("env:TOKEN"))),
                        new TreeMap<>(Map.of("KEY", SecretReference.parse("file:/etc/key=x"))),
                        Optional.of("/srv")),
                new TargetSettings.Ssh(
                        "host",
                        22,
                        "deploy",
                        Optional.empty(),
                        Optional.of(SecretReference.parse("file:/k")),
                        List.of("ssh-ed25519 AAAA"),
                        Optional.empty(),
                        List.of("db:*")),
                new TargetSettings.Tcp("db", 5432),
                new TargetSettings.Database(
                        DatabaseProtocol.POSTGRES,
                        "db",
                        5432,
                        "app",
                        Optional.of(SecretReference.parse("env:PASSWORD")),
                        Optional.of("shop"),
                        List.of("shop_*", "test"),
                        DatabaseTls.VERIFY_CA,
                        Optional.of("-----BEGIN CERTIFICATE-----\nAAAA\n"),
                        Optional.of("-----BEGIN CERTIFICATE-----\nBBBB\n"),
                        Optional.of(SecretReference.parse("file:/k")),
                        false,
                        true,
                        List.of("no-ddl", "safe-writes"),
                        Optional.of("rule mine\n  block\n  when every row\n")),
                new TargetSettings.Database(
                        DatabaseProtocol.MYSQL,
                        "db",
                        3306,
                        "app",
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        DatabaseTls.DISABLE,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        true,
                        false,
                        List.of(),
                        Optional.empty()));
    }

    @ParameterizedTest
    @MethodSource("targets")
    void whatWasSignedIsWhatIsRead(TargetSettings target) throws Exception {
        var definition = definition(target);
        var signed = SignedDefinition.sign(definition, signer);
        assertThat(signed.verify(signer.publicKey())).isEqualTo(definition);
        assertThat(SignedDefinition.sign(signed.unverified(), signer).bytes()).isEqualTo(signed.bytes());
    }

    @ParameterizedTest
    @MethodSource("targets")
    void anyChangedByteBreaksTheSignature(TargetSettings target) {
        var signed = SignedDefinition.sign(definition(target), signer);
        for (int i = 0; i < signed.bytes().length; i++) {
            var changed = signed.bytes().clone();
            changed[i] ^= 1;
            var forged = new SignedDefinition(changed, signed.signature());
            assertThatThrownBy(() -> forged.verify(signer.publicKey())).isInstanceOf(BadDefinition.class);
        }
    }

    @Test
    void anotherTenantsKeyDoesNotCount() {
        var signed = SignedDefinition.sign(definition(targets().getLast()), signer());
        assertThatThrownBy(() -> signed.verify(signer.publicKey()))
                .isInstanceOf(BadDefinition.class)
                .hasMessageContaining("not signed");
    }

    @Test
    void aSignatureForAnotherPurposeDoesNotCount() {
        var bytes =
                SignedDefinition.sign(definition(targets().getLast()), signer).bytes();
        var forged = new SignedDefinition(bytes, signer.sign("checkpoint v1", bytes));
        assertThatThrownBy(() -> forged.verify(signer.publicKey())).isInstanceOf(BadDefinition.class);
    }

    @ParameterizedTest
    @MethodSource("targets")
    void aTruncatedOrUnknownTextIsRefusedThoughSigned(TargetSettings target) {
        var bytes = SignedDefinition.sign(definition(target), signer).bytes();
        for (int length = 0; length < bytes.length; length++) {
            assertRefused(Arrays.copyOf(bytes, length));
        }
        var text = new String(bytes, StandardCharsets.UTF_8);
        assertRefused(text.replace("strict", "guardrail none\nstrict").getBytes(StandardCharsets.UTF_8));
        assertRefused(text.replace("strict", "strict true\nstrict").getBytes(StandardCharsets.UTF_8));
        assertRefused((text + "strict true\n").getBytes(StandardCharsets.UTF_8));
        assertRefused(
                text.replace("sallyport-connection 1", "sallyport-connection 2").getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aSessionOfNoTimeAtAllIsNoDefinition() {
        var bytes = SignedDefinition.sign(definition(new TargetSettings.Tcp("db.internal", 5432)), signer())
                .bytes();
        var text = new String(bytes, StandardCharsets.UTF_8);
        for (var wrong : List.of("longest 0", "longest -1", "longest 99999999999999999999")) {
            assertRefused(text.replace("longest 7200", wrong).getBytes(StandardCharsets.UTF_8));
        }
        assertRefused(text.replace("idle 300", "idle -1").getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void garbageIsRefused() {
        var random = new Random(3);
        for (int i = 0; i < 2_000; i++) {
            var bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            assertRefused(bytes);
        }
    }

    private static void assertRefused(byte[] bytes) {
        assertThatThrownBy(() -> DefinitionText.read(bytes))
                .as(new String(bytes, StandardCharsets.UTF_8))
                .isInstanceOf(BadDefinition.class);
    }

    private static ConnectionDefinition definition(TargetSettings target) {
        return new ConnectionDefinition(
                TenantId.next(CLOCK),
                ConnectionId.next(CLOCK),
                new ConnectionName("prod-web.1"),
                3,
                AgentId.next(CLOCK),
                target,
                false,
                Optional.of(RecordingLevel.METADATA),
                true,
                Duration.ofMinutes(5),
                Duration.ofHours(2),
                new TreeMap<>(Map.of("env", "prod=1")),
                Set.of("EDITOR", "A_B"));
    }

    private static TenantKey.Signer signer() {
        try {
            var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            return TenantKey.Signer.of(pair.getPrivate(), new TenantKey(pair.getPublic()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
