package dev.sallyport.inspect.masking;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sallyport.core.policy.DefaultMasking;
import dev.sallyport.core.policy.EntityType;
import dev.sallyport.core.secret.Secret;
import dev.sallyport.inspect.database.Column;
import dev.sallyport.inspect.database.Column.ValueType;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;

/// Whatever a target answers (promise P9, attack class 17): the scanner finds what its reference does, no masker
/// throws,
/// and none withholds what it could read.
@Tag("fuzz")
class MaskingFuzzTest {

    private static final List<Column> COLUMNS = Arrays.stream(ValueType.values())
            .map(type -> new Column("value", Optional.empty(), Optional.empty(), type))
            .toList();

    private final RuleMasking masking = RuleMasking.ofAll(DefaultMasking.rules(), Secret.of(new byte[32]));

    @FuzzTest
    void anyBytes(byte[] bytes) {
        if (bytes.length > 4096) {
            return;
        }
        var all = EnumSet.allOf(EntityType.class);
        assertThat(ScannerTest.fast(bytes, all)).isEqualTo(SlowScanner.scan(bytes, all));
        var mask = masking.of(COLUMNS, Optional.empty());
        for (int i = 0; i < COLUMNS.size(); i++) {
            mask.value(i, bytes, 0, bytes.length);
        }
        assertThat(masking.message(bytes)).isNotNull();
    }
}
