package dev.sallyport.agent.process;

import dev.sallyport.core.id.SessionId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Runs one program as an agent would, says so, and waits to be killed. Arguments: the state folder, the
/// command.
public final class SpawningMain {

    private SpawningMain() {}

    public static void main(String[] words) throws Exception {
        var programs = Programs.open(Path.of(words[0]), Set.of());
        var session = SessionId.next(Clock.systemUTC());
        var program = new Programs.Program(
                session,
                programs.changesAccount() ? Optional.of("nobody") : Optional.empty(),
                List.of("bash", "-c", words[1]).stream()
                        .map(word -> word.getBytes(StandardCharsets.UTF_8))
                        .toList(),
                Map.of("PATH", "/usr/bin:/bin", "SALLYPORT_SESSION_ID", session.value()),
                Optional.of("/"),
                Optional.empty());
        var target = programs.run(program, () -> {});
        System.out.println("started");
        System.out.flush();
        target.exit();
    }
}
