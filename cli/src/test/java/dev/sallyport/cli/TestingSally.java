package dev.sallyport.cli;

import dev.sallyport.cli.run.Person;
import dev.sallyport.cli.run.Screen;
import dev.sallyport.cli.run.Surroundings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Runs the command in process, in a folder of its own.
public final class TestingSally {

    /// What "now" is.
    public static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    /// What a run did.
    public record Ran(int code, byte[] outBytes, byte[] errBytes) {

        public String out() {
            return new String(outBytes, StandardCharsets.UTF_8);
        }

        public String err() {
            return new String(errBytes, StandardCharsets.UTF_8);
        }
    }

    private final Path folder;
    private final Map<String, String> variables = new HashMap<>();
    private boolean terminal;
    private byte[] stdin = new byte[0];
    private Optional<Person> person = Optional.empty();
    private Screen screen = new TestingScreen(24, 80);

    public TestingSally(Path folder) {
        this.folder = folder;
    }

    /// With a configuration for this API.
    public static TestingSally with(Path folder, TestingApi api) throws IOException {
        var sally = new TestingSally(folder);
        sally.configure("""
                {"url": "%s", "key": "sally_test", "later": {"unknown": [1, 2]}}""".formatted(api.url()));
        return sally;
    }

    public TestingSally configure(String json) throws IOException {
        Files.createDirectories(folder.resolve(".sallyport"));
        Files.writeString(folder.resolve(".sallyport/cli.json"), json);
        return this;
    }

    public TestingSally variable(String name, String value) {
        variables.put(name, value);
        return this;
    }

    /// Somebody looks at stdout and stderr.
    public TestingSally onATerminal() {
        terminal = true;
        return this;
    }

    /// What is on stdin.
    public TestingSally stdin(String text) {
        stdin = text.getBytes(StandardCharsets.UTF_8);
        return this;
    }

    /// Somebody can be asked.
    public TestingSally person(Person asked) {
        person = Optional.of(asked);
        return this;
    }

    /// The terminal that somebody looks at.
    public TestingSally screen(Screen looked) {
        screen = looked;
        return this;
    }

    public Ran run(String... arguments) {
        return runIn(folder, arguments);
    }

    public Ran runIn(Path workingDirectory, String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var surroundings = new Surroundings(
                new ByteArrayInputStream(stdin),
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, false, StandardCharsets.UTF_8),
                terminal,
                terminal,
                workingDirectory,
                folder.resolve("home"),
                variables,
                Clock.fixed(NOW, ZoneOffset.UTC),
                person,
                screen);
        int code = Sally.execute(surroundings, arguments);
        return new Ran(code, out.toByteArray(), err.toByteArray());
    }
}
