package dev.sallyport.core.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Tag;

/// Whatever bytes stand for a checkpoint or an audit entry: refused, or written back to the same bytes.
@Tag("fuzz")
class CheckpointFuzzTest {

    @FuzzTest
    void aCheckpointIsReadOrRefused(byte[] bytes) {
        try {
            assertThat(Checkpoint.read(bytes).write()).isEqualTo(bytes);
        } catch (IllegalArgumentException refused) {
            assertThat(refused).isNotInstanceOf(NullPointerException.class);
        }
        try {
            assertThat(AuditChain.write(AuditChain.read(bytes))).isEqualTo(bytes);
        } catch (IllegalArgumentException refused) {
            assertThat(refused).isNotInstanceOf(NullPointerException.class);
        }
    }
}
