package dev.sallyport.core.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.hash.Sha256;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.core.tenant.TenantKey;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CheckpointTest {

    private static final TenantId TENANT = TenantId.next(Clock.systemUTC());
    private static final Sha256 SOME = Sha256.of(new byte[1]);

    private static Checkpoint checkpoint() {
        return new Checkpoint(
                TENANT,
                7,
                100,
                SOME,
                List.of(new AuditMinute(98, 3, SOME), new AuditMinute(100, 1, SOME)),
                List.of(new RecordingMark(SessionId.next(Clock.systemUTC()), 2, SOME, RecordingState.COMPLETE)));
    }

    private static TenantKey.Signer signer() throws NoSuchAlgorithmException {
        var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        return TenantKey.Signer.of(pair.getPrivate(), new TenantKey(pair.getPublic()));
    }

    @Test
    void whatWasWrittenIsRead() {
        var checkpoint = checkpoint();
        assertThat(Checkpoint.read(checkpoint.write())).isEqualTo(checkpoint);
    }

    @Test
    void onlyItsTenantsKeyVerifiesIt() throws NoSuchAlgorithmException {
        var signer = signer();
        var signed = checkpoint().sign(signer);

        assertThat(signed.verifies(signer.publicKey())).isTrue();
        assertThat(signed.verifies(signer().publicKey())).isFalse();
        assertThat(new Checkpoint.Signed(signed.bytes(), signer.sign("agent-token v1", signed.bytes()))
                        .verifies(signer.publicKey()))
                .isFalse();
    }

    @Test
    void aCheckpointCutOffAnywhereIsRefused() {
        var bytes = checkpoint().write();
        for (int length = 0; length < bytes.length; length++) {
            var cut = Arrays.copyOf(bytes, length);
            var text = new String(cut, StandardCharsets.US_ASCII);
            if (!text.endsWith("\n") || text.lines().count() < 5) {
                assertThatThrownBy(() -> Checkpoint.read(cut)).isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void otherWordsForTheSameAreRefused() {
        var text = new String(checkpoint().write(), StandardCharsets.US_ASCII);
        for (var other : List.of(
                text.replace("number 7", "number 07"),
                text.replace("number 7", "number +7"),
                text.replace("minute 100", "minute  100"),
                text.replace("audit 98", "audit 0098"),
                text.replace(SOME.hex(), SOME.hex().toUpperCase(java.util.Locale.ROOT)),
                text + "\n",
                text + "other 1\n",
                text.replace("\n", "\r\n"),
                text.replace("sallyport-checkpoint 1", "sallyport-checkpoint 2"))) {
            assertThat(other).isNotEqualTo(text);
            assertThatThrownBy(() -> Checkpoint.read(other.getBytes(StandardCharsets.US_ASCII)))
                    .as(other)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void garbageIsRefused() {
        var random = new Random(4);
        var bytes = checkpoint().write();
        for (int i = 0; i < 2000; i++) {
            var changed = bytes.clone();
            for (int n = 0; n < 3; n++) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(Checkpoint.read(changed).write()).isEqualTo(changed);
            } catch (IllegalArgumentException e) {
                // refused
            }
        }
    }

    @Test
    void theLargestFitsIntoItsLimit() {
        var minutes = new ArrayList<AuditMinute>();
        for (int i = 0; i < Checkpoint.MOST_MINUTES; i++) {
            minutes.add(new AuditMinute(29_000_000L + i, 1_000_000, SOME));
        }
        var marks = new ArrayList<RecordingMark>();
        var clock = Clock.systemUTC();
        for (int i = 0; i < Checkpoint.MOST_RECORDINGS; i++) {
            marks.add(new RecordingMark(SessionId.next(clock), 1_000_000, SOME, RecordingState.INCOMPLETE));
        }
        marks.sort((a, b) -> a.session().value().compareTo(b.session().value()));
        var checkpoint = new Checkpoint(TENANT, Long.MAX_VALUE, 30_000_000, SOME, minutes, marks);

        assertThat(checkpoint.write().length).isLessThan(Checkpoint.LONGEST);
        assertThat(Checkpoint.read(checkpoint.write())).isEqualTo(checkpoint);
    }
}
