package dev.sallyport.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OptionsTest {

    @TempDir
    Path folder;

    private Options file(String text, String... words) throws Exception {
        var file = Files.writeString(folder.resolve("config"), text);
        var all = new java.util.ArrayList<>(List.of("--config", file.toString()));
        all.addAll(List.of(words));
        return Options.read(all, Set.of(), Set.of());
    }

    @Test
    void aFileSaysWhatOptionsSayAndAnOptionStandsInItsPlace() throws Exception {
        var text = """
                # where secrets lie
                secrets = /a
                  secrets=/b = c

                drain = 5
                """;
        var options = file(text, "--drain", "7");
        assertThat(options.all("secrets")).containsExactly("/a", "/b = c");
        assertThat(options.number("drain", 60)).isEqualTo(7);
        assertThat(file(file(text).without(Set.of("config")).lines()).values())
                .isEqualTo(file(text).values());
    }

    @Test
    void aNameThatIsNoneIsAnErrorWithItsLine() {
        for (var wrong : List.of("secret = /a", "config = /b", "= 5", "json = yes")) {
            assertThatThrownBy(() -> file("drain = 5\n" + wrong + "\n"))
                    .isInstanceOf(Usage.class)
                    .hasMessageContaining("config, line 2: there is no setting");
        }
        for (var wrong : List.of("drain", "drain =")) {
            assertThatThrownBy(() -> file(wrong)).isInstanceOf(Usage.class).hasMessageContaining("drain wants a value");
        }
    }
}
