package dev.sallyport.core.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.hash.Sha256;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.Ulid;
import dev.sallyport.core.recording.RecordingState;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SealerTest {

    private static final TenantId TENANT = TenantId.next(Clock.systemUTC());
    private static final Sha256 SOME = Sha256.of(new byte[1]);

    private static AuditEntry entry(long minute) {
        return new AuditEntry(TENANT, Ulid.next(minute * 60_000), "usr", "a.b", "", "", new TreeMap<>());
    }

    private static RecordingMark mark(int chunks, RecordingState state) {
        return new RecordingMark(SessionId.next(Clock.systemUTC()), chunks, SOME, state);
    }

    @Test
    void aMinuteIsSealableHalfAMinuteAfterItsEnd() {
        assertThat(Sealer.sealable(Instant.ofEpochSecond(10 * 60 + 29))).isEqualTo(8);
        assertThat(Sealer.sealable(Instant.ofEpochSecond(10 * 60 + 30))).isEqualTo(9);
    }

    @Test
    void eachCheckpointNamesTheOneBefore() {
        var audit = new TreeMap<Long, List<AuditEntry>>();
        audit.put(5L, List.of(entry(5)));
        var first = Sealer.next(TENANT, Optional.empty(), 7, audit, List.of());
        assertThat(first).hasSize(1);
        assertThat(first.getFirst().number()).isEqualTo(1);
        assertThat(first.getFirst().minute()).isEqualTo(7);

        var second = Sealer.next(
                TENANT, Optional.of(first.getFirst()), 8, new TreeMap<>(), List.of(mark(1, RecordingState.LIVE)));
        assertThat(second.getFirst().number()).isEqualTo(2);
        assertThat(second.getFirst().previous()).isEqualTo(first.getFirst().hash());
    }

    @Test
    void nothingToSayIsNoCheckpoint() {
        var audit = new TreeMap<Long, List<AuditEntry>>();
        audit.put(5L, List.of());
        assertThat(Sealer.next(TENANT, Optional.empty(), 7, audit, List.of())).isEmpty();
    }

    @Test
    void whatTheLastCheckpointSaidIsNotSaidAgain() {
        var mark = mark(1, RecordingState.LIVE);
        var first = Sealer.next(TENANT, Optional.empty(), 7, new TreeMap<>(), List.of(mark))
                .getFirst();
        assertThat(Sealer.next(TENANT, Optional.of(first), 8, new TreeMap<>(), List.of(mark)))
                .isEmpty();
    }

    @Test
    void ofTwoMarksOfARecordingTheLaterHolds() {
        var session = SessionId.next(Clock.systemUTC());
        var early = new RecordingMark(session, 1, SOME, RecordingState.LIVE);
        var late = new RecordingMark(session, 2, SOME, RecordingState.COMPLETE);
        assertThat(Sealer.next(TENANT, Optional.empty(), 7, new TreeMap<>(), List.of(late, early))
                        .getFirst()
                        .recordings())
                .containsExactly(late);
    }

    @Test
    void whatIsTooMuchForOneGoesIntoSeveral() {
        var audit = new TreeMap<Long, List<AuditEntry>>();
        for (long minute = 0; minute < 2 * Checkpoint.MOST_MINUTES + 1; minute++) {
            audit.put(minute, List.of(entry(minute)));
        }
        var marks = new ArrayList<RecordingMark>();
        for (int i = 0; i < Checkpoint.MOST_RECORDINGS + 1; i++) {
            marks.add(mark(1, RecordingState.COMPLETE));
        }
        var checkpoints = Sealer.next(TENANT, Optional.empty(), 5000, audit, marks);

        assertThat(checkpoints).hasSize(3);
        assertThat(checkpoints.stream().mapToInt(one -> one.audit().size()).sum())
                .isEqualTo(audit.size());
        assertThat(checkpoints.stream().mapToInt(one -> one.recordings().size()).sum())
                .isEqualTo(marks.size());
        assertThat(checkpoints.getLast().minute()).isEqualTo(5000);
        assertThat(checkpoints.get(1).previous()).isEqualTo(checkpoints.get(0).hash());
    }

    @Test
    void aSealedMinuteIsNotSealedAgain() {
        var audit = new TreeMap<Long, List<AuditEntry>>();
        audit.put(5L, List.of(entry(5)));
        var first = Sealer.next(TENANT, Optional.empty(), 7, audit, List.of()).getFirst();
        assertThatThrownBy(() -> Sealer.next(TENANT, Optional.of(first), 8, audit, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        var early = new TreeMap<Long, List<AuditEntry>>();
        early.put(9L, List.of(entry(9)));
        assertThatThrownBy(() -> Sealer.next(TENANT, Optional.of(first), 8, early, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anEntryOfAnotherMinuteIsRefused() {
        var audit = new TreeMap<Long, List<AuditEntry>>();
        audit.put(5L, List.of(entry(6)));
        assertThatThrownBy(() -> Sealer.next(TENANT, Optional.empty(), 7, audit, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
