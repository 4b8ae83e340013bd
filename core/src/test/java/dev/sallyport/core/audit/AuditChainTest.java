package dev.sallyport.core.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.Ulid;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AuditChainTest {

    private static final TenantId TENANT = TenantId.next(Clock.systemUTC());

    private static AuditEntry entry(long millis, String action) {
        return new AuditEntry(
                TENANT, Ulid.next(millis), "usr_1", action, "ses_1", "10.0.0.1", new TreeMap<>(Map.of("ü", "x\ny")));
    }

    @Test
    void whatWasWrittenIsRead() {
        var entry = entry(60_000, "session.started");
        assertThat(AuditChain.read(AuditChain.write(entry))).isEqualTo(entry);
    }

    @Test
    void anEntryCutOffAnywhereIsRefused() {
        var bytes = AuditChain.write(entry(60_000, "session.started"));
        for (int length = 0; length < bytes.length; length++) {
            var cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> AuditChain.read(cut)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> AuditChain.read(Arrays.copyOf(bytes, bytes.length + 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void garbageIsRefusedOrIsWhatItSays() {
        var random = new Random(9);
        var bytes = AuditChain.write(entry(60_000, "session.started"));
        for (int i = 0; i < 3000; i++) {
            var changed = bytes.clone();
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                assertThat(AuditChain.write(AuditChain.read(changed))).isEqualTo(changed);
            } catch (IllegalArgumentException e) {
                // refused
            }
        }
    }

    @Test
    void noTwoEntriesRunIntoEachOther() {
        var one = new AuditEntry(TENANT, Ulid.next(1), "ab", "c", "", "", new TreeMap<>());
        var other = new AuditEntry(TENANT, one.id(), "a", "bc", "", "", new TreeMap<>());
        assertThat(AuditChain.hash(one)).isNotEqualTo(AuditChain.hash(other));
    }

    @Test
    void aMinuteDoesNotDependOnTheOrderInWhichItsEntriesAreRead() {
        var one = entry(60_000, "a.b");
        var two = entry(60_001, "a.c");
        assertThat(AuditChain.minute(1, List.of(one, two))).isEqualTo(AuditChain.minute(1, List.of(two, one)));
        assertThat(AuditChain.minute(1, List.of(one)).hash())
                .isNotEqualTo(AuditChain.minute(1, List.of(two)).hash());
    }
}
