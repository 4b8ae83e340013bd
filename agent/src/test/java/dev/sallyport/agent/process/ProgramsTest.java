package dev.sallyport.agent.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sallyport.agent.target.NotOpened;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProgramsTest {

    @TempDir
    Path folder;

    @Test
    void otherAccountsTakeThePlaceOfTheFormer() throws Exception {
        assumeTrue(Programs.startedAsRoot(), "only root takes on other accounts");
        try (var programs = Programs.open(folder, Set.of("nobody"))) {
            assertThat(programs.account(Optional.of("nobody")).user()).isEqualTo("nobody");
            programs.allow(Set.of("daemon"));
            assertThat(programs.account(Optional.of("daemon")).user()).isEqualTo("daemon");
            assertThatThrownBy(() -> programs.account(Optional.of("nobody")))
                    .isInstanceOf(NotOpened.class)
                    .hasMessageContaining("did not allow");
        }
    }
}
