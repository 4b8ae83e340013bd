package dev.sallyport.core.connection;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Tag;

/// Whatever bytes an agent is handed as a definition: refused, or a definition that is written back to the same bytes.
@Tag("fuzz")
class DefinitionFuzzTest {

    @FuzzTest
    void aDefinitionIsReadOrRefused(byte[] bytes) {
        try {
            var definition = DefinitionText.read(bytes);
            assertThat(DefinitionText.read(DefinitionText.write(definition))).isEqualTo(definition);
        } catch (BadDefinition refused) {
            assertThat(refused).hasMessageStartingWith("the connection's definition");
        }
    }
}
