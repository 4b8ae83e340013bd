package dev.sallyport.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.edge.recorder.SpoolLimits;
import dev.sallyport.edge.relay.RelayLimits;
import dev.sallyport.edge.ssh.DoorLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class LimitTest {

    private static final Path OPERATIONS = Path.of("../docs/operations.md");

    @Test
    void withoutConfigurationTheDefaultsHold() {
        assertThat(EdgeLimits.DEFAULTS.door()).isEqualTo(DoorLimits.DEFAULTS);
        assertThat(EdgeLimits.DEFAULTS.relay()).isEqualTo(RelayLimits.DEFAULTS);
        assertThat(EdgeLimits.DEFAULTS.spool()).isEqualTo(SpoolLimits.DEFAULT);
        assertThat(EdgeLimits.DEFAULTS.sessionsPerUser()).isEqualTo(50);
    }

    @Test
    void everyLimitReachesThePartThatKeepsIt() {
        var set = new EnumMap<Limit, Long>(Limit.class);
        for (var limit : Limit.values()) {
            set.put(limit, limit.standardValue() - 1 - set.size());
        }
        var limits = EdgeLimits.of(set);
        var text = limits.toString();
        set.forEach((limit, value) -> assertThat(
                        text.contains("=" + value) || text.contains("=" + Duration.ofMillis(value)))
                .as(limit.key() + " in " + text)
                .isTrue());
    }

    @ParameterizedTest
    @CsvSource({
        "handshake, 5s, 5000",
        "handshake, 2min, 120000",
        "handshake, 1500ms, 1500",
        "keep_alive, 1h, 3600000",
        "window, 64KiB, 65536",
        "buffered, 2MiB, 2097152",
        "spool, 1GiB, 1073741824",
        "command, 2048B, 2048"
    })
    void aLimitIsWrittenWithItsUnit(String key, String text, long value) {
        assertThat(Limit.of(key).orElseThrow().read(text)).isEqualTo(value);
    }

    @Test
    void aCountIsANumber() {
        assertThat(Limit.UNAUTHENTICATED.read(7)).isEqualTo(7);
        assertThatThrownBy(() -> Limit.UNAUTHENTICATED.read("7")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "handshake, 0s",
        "handshake, 2h",
        "handshake, 5",
        "handshake, 5x",
        "handshake, -5s",
        "handshake, ''",
        "window, 1B",
        "window, 1s",
        "window, 99999999999GiB",
        "command, 1GiB"
    })
    void whatALimitCannotBeIsRefusedWithASentence(String key, String text) {
        assertThatThrownBy(() -> Limit.of(key).orElseThrow().read(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("is a (time|size) from \\S+ to \\S+, such as \"\\S+\"");
    }

    @ParameterizedTest
    @EnumSource(Limit.class)
    void everyLimitStandsInTheOperatorsGuideWithItsDefault(Limit limit) throws IOException {
        assertThat(Files.readString(OPERATIONS)).contains("| `" + limit.key() + "` | " + limit.standard() + " | ");
        Object written =
                limit.standard().matches("[0-9]+") ? (Object) Integer.valueOf(limit.standard()) : limit.standard();
        assertThat(limit.read(written)).isEqualTo(limit.standardValue());
    }

    @Test
    void theOperatorsGuideNamesNoLimitThatIsNone() throws IOException {
        var names = Files.readString(OPERATIONS)
                .lines()
                .dropWhile(line -> !line.equals("## Limits"))
                .takeWhile(line -> !line.startsWith("Idle time"))
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.substring(3, line.indexOf('`', 3)))
                .toList();
        assertThat(names)
                .containsExactlyElementsOf(
                        Arrays.stream(Limit.values()).map(Limit::key).toList());
    }

    @Test
    void oneThatIsSetLeavesTheOthersAlone() {
        var limits = EdgeLimits.of(Map.of(Limit.HANDSHAKE, 1_000L));
        assertThat(limits.door().handshake()).isEqualTo(Duration.ofSeconds(1));
        assertThat(limits.relay()).isEqualTo(RelayLimits.DEFAULTS);
    }
}
