package dev.sallyport.tests.bed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;

/// The wall clock of a process, which a test steps: by Debian's `libfaketime`, which the process is started
/// with. Its monotonic clock stays as it is, as it does when somebody sets a machine's clock.
public final class SteppedClock {

    private final Path library;
    private final Path file;

    private SteppedClock(Path library, Path file) {
        this.library = library;
        this.file = file;
    }

    /// A clock that is right so far.
    public static SteppedClock create() throws IOException {
        try (var folders = Files.newDirectoryStream(Path.of("/usr/lib"), "*-linux-gnu")) {
            for (var folder : folders) {
                var library = folder.resolve("faketime/libfaketimeMT.so.1");
                if (Files.exists(library)) {
                    var clock = new SteppedClock(library, Files.createTempFile("sallyport-clock", ""));
                    clock.step(Duration.ZERO);
                    return clock;
                }
            }
        }
        throw new AssertionError("there is no libfaketime: install the package faketime");
    }

    /// What a process must find in its environment to have this clock.
    public Map<String, String> environment() {
        return Map.of(
                "LD_PRELOAD",
                library.toString(),
                "FAKETIME_TIMESTAMP_FILE",
                file.toString(),
                "FAKETIME_NO_CACHE",
                "1",
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1",
                "FAKETIME_FORCE_MONOTONIC_FIX",
                "0");
    }

    /// From now on it is so much ahead of the right time, or behind it.
    public void step(Duration ahead) throws IOException {
        assertThat(ahead.toMillisPart()).isZero();
        var beside = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(beside, (ahead.isNegative() ? "" : "+") + ahead.toSeconds() + "\n");
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
