package dev.sallyport.cli.declared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Connections.ConnectionWrite;
import dev.sallyport.api.Connections.Custom;
import dev.sallyport.api.Connections.Database;
import dev.sallyport.api.Connections.Ssh;
import dev.sallyport.api.Connections.Tcp;
import dev.sallyport.api.Guardrails.GuardrailWrite;
import dev.sallyport.api.MaskingRules.MaskingRuleWrite;
import dev.sallyport.api.Rules.RuleWrite;
import dev.sallyport.api.Rules.Window;
import dev.sallyport.api.Users.UserWrite;
import dev.sallyport.cli.TestingSally;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the API can be told of a thing a file can declare, and a difference in it is one: otherwise `apply` would take
/// away what a file cannot say, and never show it.
class EveryFieldTest {

    @TempDir
    private Path folder;

    private void declared(String before, Class<?> type, String after) throws IOException {
        for (var field : type.getRecordComponents()) {
            var name = field.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
            Files.writeString(folder.resolve("f.yaml"), before + name + ": ~" + after);
            assertThat(new TestingSally(folder)
                            .run("apply", "-f", "f.yaml", "--check")
                            .err())
                    .as("%s of %s cannot be declared: Document has to read it", name, type)
                    .doesNotContain(name + ": is not known");
        }
    }

    @Test
    void everyFieldCanBeDeclared() throws IOException {
        declared("users: [{", UserWrite.class, "}]");
        declared("rules: [{", RuleWrite.class, "}]");
        declared("rules: [{time_windows: [{", Window.class, "}]}]");
        declared("guardrails: [{", GuardrailWrite.class, "}]");
        declared("masking_rules: [{", MaskingRuleWrite.class, "}]");
        declared("connections: [{", ConnectionWrite.class, "}]");
        declared("connections: [{custom: {", Custom.class, "}}]");
        declared("connections: [{ssh: {", Ssh.class, "}}]");
        declared("connections: [{tcp: {", Tcp.class, "}}]");
    }

    /// Records of which one field at a time is set, by its name.
    private static <T> Map<String, T> samples(Class<T> type) throws ReflectiveOperationException {
        var components = type.getRecordComponents();
        Constructor<T> constructor = type.getDeclaredConstructor(
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        var samples = new LinkedHashMap<String, T>();
        for (int i = 0; i < components.length; i++) {
            @Nullable Object[] values = new Object[components.length];
            values[i] = sample(components[i]);
            samples.put(components[i].getName(), constructor.newInstance(values));
        }
        return samples;
    }

    private static Object sample(RecordComponent component) {
        var type = component.getGenericType().getTypeName();
        return switch (type) {
            case "java.lang.String" -> "other";
            case "java.lang.Boolean" -> true;
            case "java.lang.Integer" -> 7;
            case "java.lang.Long" -> 7L;
            case "java.util.List<java.lang.String>" -> List.of("other");
            case "java.util.Map<java.lang.String, java.lang.String>" -> Map.of("other", "other");
            case "java.util.List<dev.sallyport.api.Rules$Window>" -> List.of(new Window(null, "09:00", "10:00", "UTC"));
            case "dev.sallyport.api.Connections$Custom" -> new Custom(List.of("x"), null, null, null, null, null, null);
            case "dev.sallyport.api.Connections$Ssh" -> new Ssh("h", null, null, null, null, null, null, null);
            case "dev.sallyport.api.Connections$Tcp" -> new Tcp("h", null);
            case "dev.sallyport.api.Connections$Database" ->
                new Database("h", null, null, null, null, null, null, null, null, null, null, null, null, null);
            default -> throw new AssertionError("a sample of a " + type + " is needed here");
        };
    }

    private static <T> void compared(Map<String, T> samples, Settings none, Function<T, Settings> settings) {
        samples.forEach((field, sample) -> {
            if (!field.equals("name") && !field.equals("email")) {
                assertThat(none.differences(settings.apply(sample), true))
                        .as("a difference in %s is none: the settings have to have it", field)
                        .isNotEmpty();
            }
        });
    }

    @Test
    void everyFieldIsCompared() throws ReflectiveOperationException {
        compared(samples(RuleWrite.class), new Settings(), Planner::settings);
        compared(samples(GuardrailWrite.class), new Settings(), Planner::settings);
        compared(samples(MaskingRuleWrite.class), new Settings(), Planner::settings);
        compared(samples(UserWrite.class), new Settings(), Planner::settings);
        compared(
                samples(ConnectionWrite.class),
                ConnectionSettings.DEFAULTS,
                write -> ConnectionSettings.of(write, UnaryOperator.identity()));
        compared(
                samples(Custom.class),
                target(new Custom(null, null, null, null, null, null, null)),
                EveryFieldTest::target);
        compared(
                samples(Ssh.class),
                target(new Ssh(null, null, null, null, null, null, null, null)),
                EveryFieldTest::target);
        compared(samples(Tcp.class), target(new Tcp(null, null)), EveryFieldTest::target);
        compared(
                samples(Database.class),
                target(new Database(
                        null, null, null, null, null, null, null, null, null, null, null, null, null, null)),
                EveryFieldTest::target);
    }

    private static Settings target(Record target) {
        return ConnectionSettings.of(
                new ConnectionWrite(
                        null,
                        null,
                        null,
                        target instanceof Custom custom ? custom : null,
                        target instanceof Ssh ssh ? ssh : null,
                        target instanceof Tcp tcp ? tcp : null,
                        null,
                        target instanceof Database database ? database : null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null),
                UnaryOperator.identity());
    }
}
