package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.audit.AuditChain;
import dev.sallyport.core.audit.AuditMinute;
import dev.sallyport.core.audit.Checkpoint;
import dev.sallyport.core.hash.Sha256;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.tenant.TenantKey;
import dev.sallyport.core.tenant.TenantSigners;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/// Promise P7: what is in the audit log is covered by signed checkpoints without a gap.
class CheckpointWriterTest {

    private final MutableClock clock = new MutableClock(Instant.parse("2026-11-30T23:50:10Z"));
    private final Store store = LocalDynamo.store(clock);
    private final ExampleTenant acme = new ExampleTenant(store, "acme");
    private final TenantSigners signers = new TenantSigners() {
        @Override
        public TenantKey.Signer of(TenantId tenant) {
            return acme.signer();
        }
    };
    private final CheckpointWriter writer = new CheckpointWriter(store, signers, clock);

    @Test
    void aMinuteIsSealedThirtySecondsAfterItsEnd() {
        clock.set(Instant.parse("2026-11-30T23:51:29Z"));
        assertThat(writer.run()).isZero();
        clock.set(Instant.parse("2026-11-30T23:51:30Z"));
        assertThat(writer.run()).isEqualTo(1);
        assertThat(writer.run()).as("nothing new").isZero();

        var checkpoint = checkpoints().getFirst();
        assertThat(checkpoint.number()).isEqualTo(1);
        assertThat(checkpoint.previous()).isEqualTo(Sha256.NONE);
        assertThat(checkpoint.audit())
                .singleElement()
                .satisfies(minute -> assertThat(minute.count()).isEqualTo(8));
    }

    @Test
    void everyEntryOfARandomHistoryIsCoveredByOneCheckpointOfAnUnbrokenRow() {
        var random = new Random(3);
        for (int i = 0; i < 60; i++) {
            clock.advance(Duration.ofSeconds(random.nextInt(50)));
            append("a" + i);
            if (random.nextInt(4) == 0) {
                writer.run();
            }
        }
        clock.advance(Duration.ofMinutes(3));
        writer.run();

        var checkpoints = checkpoints();
        var before = Sha256.NONE;
        int counted = 0;
        long covered = -1;
        for (int i = 0; i < checkpoints.size(); i++) {
            var checkpoint = checkpoints.get(i);
            assertThat(checkpoint.number()).isEqualTo(i + 1L);
            assertThat(checkpoint.previous()).isEqualTo(before);
            before = checkpoint.hash();
            for (AuditMinute minute : checkpoint.audit()) {
                assertThat(minute.minute()).isGreaterThan(covered);
                covered = minute.minute();
                var entries = store.auditLog().minute(acme.id(), Instant.ofEpochSecond(60 * minute.minute()));
                assertThat(AuditChain.minute(minute.minute(), entries)).isEqualTo(minute);
                counted += minute.count();
            }
        }
        assertThat(counted).isEqualTo(60 + 8);
    }

    @Test
    void whatAProcessWithALateClockAppendsIsCoveredByALaterCheckpoint() {
        clock.set(Instant.parse("2026-11-30T23:58:30Z"));
        append("in time");
        clock.set(Instant.parse("2026-12-01T00:00:30Z"));
        writer.run();
        // its minute, and the empty ones after it, are covered
        clock.set(Instant.parse("2026-11-30T23:58:40Z"));
        append("late");

        clock.set(Instant.parse("2026-12-01T00:10:00Z"));
        writer.run();

        int counted = checkpoints().stream()
                .flatMap(checkpoint -> checkpoint.audit().stream())
                .mapToInt(AuditMinute::count)
                .sum();
        assertThat(counted).isEqualTo(8 + 2);
    }

    @Test
    void ofManyWritersEachCheckpointIsWrittenOnce() throws Exception {
        append("one");
        clock.advance(Duration.ofMinutes(5));
        List<Callable<Integer>> writers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            writers.add(() -> new CheckpointWriter(store, signers, clock).run());
        }

        var written = AtOnce.run(writers);

        assertThat(written.stream().mapToInt(each -> each).sum()).isEqualTo(1);
        assertThat(checkpoints()).hasSize(1);
    }

    @Test
    void nothingIsBuiltOnACheckpointThatTheTenantsKeyDidNotSign() {
        var forged = new Checkpoint(
                acme.id(),
                1,
                Instant.parse("2026-11-30T23:40:00Z").getEpochSecond() / 60,
                Sha256.NONE,
                List.of(),
                List.of());
        store.checkpoints().append(new Checkpoints.Stored(acme.id(), 1, forged.write(), new byte[64]));
        clock.advance(Duration.ofMinutes(5));

        assertThatThrownBy(() -> writer.run(acme.id())).hasMessageContaining("tampered");
        assertThat(writer.run()).isZero();
    }

    private List<Checkpoint> checkpoints() {
        return store.checkpoints().list(acme.id(), 1, 500).stream()
                .map(stored -> {
                    var signed = new Checkpoint.Signed(stored.bytes(), stored.signature());
                    assertThat(signed.verifies(acme.tenant().key())).isTrue();
                    return signed.checkpoint();
                })
                .toList();
    }

    private void append(String action) {
        store.auditLog().append(acme.id(), ExampleTenant.ADMIN, action, "object", Map.of());
    }
}
