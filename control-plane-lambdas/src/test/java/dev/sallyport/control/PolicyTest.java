package dev.sallyport.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.control.Calls.Call;
import dev.sallyport.core.id.TenantId;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What each function may do in DynamoDB (`<function>.json`, for the infrastructure) is what it does, no more and no
/// less: all of the module's route tests are run, and their calls recorded.
///
/// What it may do with KMS and S3 stands in the resource, too, and is not held here.
final class PolicyTest {

    private static final List<String> ROUTE_TESTS = List.of(
            "identity.IdentityTest",
            "access.AgentRegistrationTest",
            "identity.SettingsRoutesTest",
            "identity.ServiceAccountsTest",
            "identity.ScopesTest",
            "access.ConnectionsTest",
            "access.ConnectionTestsTest",
            "access.RulesAndRevocationsTest",
            "policy.GuardrailRoutesTest",
            "access.SshServerTest",
            "access.CasTest",
            "access.ReviewRoutesTest",
            "access.ExplainTest",
            "http.OnceOnlyTest",
            "http.PreconditionsTest",
            "sessions.SessionRoutesTest",
            "sessions.KeepingTest",
            "sessions.StatementRoutesTest",
            "PermissionsTest");

    @TempDir
    private static Path folders;

    @BeforeAll
    static void record() throws ReflectiveOperationException, IOException {
        for (var name : ROUTE_TESTS) {
            var type = Class.forName(PolicyTest.class.getPackageName() + "." + name);
            for (var method : annotated(type, Test.class)) {
                var constructor = type.getDeclaredConstructor();
                constructor.setAccessible(true);
                var test = constructor.newInstance();
                for (var field : type.getDeclaredFields()) {
                    if (field.isAnnotationPresent(TempDir.class)) {
                        field.setAccessible(true);
                        field.set(test, Files.createTempDirectory(folders, "test"));
                    }
                }
                for (var before : List.of(BeforeAll.class, BeforeEach.class)) {
                    for (var preparation : annotated(type, before)) {
                        preparation.invoke(test);
                    }
                }
                method.invoke(test);
            }
        }
    }

    private static List<Method> annotated(Class<?> type, Class<? extends Annotation> annotation) {
        var methods = Arrays.stream(type.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(annotation))
                .toList();
        methods.forEach(method -> method.setAccessible(true));
        return methods;
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "access", "sessions", "dry-runs", "retention"})
    void aFunctionMayDoInDynamoDbWhatItDoesNoMoreAndNoLess(String function) throws IOException {
        assertThat(recorded(function)).isEqualTo(declared(function));
    }

    /// Attack class 27, as `dynamodb:LeadingKeys` would see it.
    @Test
    void noRequestOfATenantTouchesAPartitionOfAnother() {
        assertThat(Calls.ALL).hasSizeGreaterThan(500).allMatch(Call::allowed);
        assertThat(Calls.ALL)
                .anyMatch(call -> call.tenant().isPresent() && call.leadingKey().startsWith("TEN#"));
    }

    @Test
    void aCallIntoAnothersPartitionIsFound() {
        var ours = TenantId.next(Clock.systemUTC());
        var theirs = TenantId.next(Clock.systemUTC());

        assertThat(call(Optional.of(ours), "TEN#" + ours).allowed()).isTrue();
        assertThat(call(Optional.of(ours), "TEN#" + ours + "#SES#x").allowed()).isTrue();
        assertThat(call(Optional.of(ours), "APIKEY#3").allowed()).isTrue();
        assertThat(call(Optional.of(ours), "TEN#" + theirs).allowed()).isFalse();
        assertThat(call(Optional.of(ours), "TEN#" + theirs + "#SES#x").allowed())
                .isFalse();
        assertThat(call(Optional.of(ours), "TEN#" + ours + "x").allowed()).isFalse();
        assertThat(call(Optional.empty(), "TEN#" + ours).allowed()).isFalse();
    }

    private static Call call(Optional<TenantId> tenant, String leadingKey) {
        return new Call("identity", tenant, false, "GetItem", "config", leadingKey);
    }

    /// As in the resource: a line for each table and pattern of leading keys, sorted.
    private static String recorded(String function) {
        var statements = new TreeMap<String, Set<String>>();
        // a minute's first line of the audit log writes one item more
        boolean retention = function.equals("retention");
        // dry-runs change nothing, and so write no line and send no mail
        boolean changes = !function.equals("dry-runs");
        if (changes) {
            add(statements, (retention ? "TEN#*" : "TEN#${tenant}") + "#MINUTES#*", "PutItem");
        }
        if (retention) {
            // only a long history takes these
            add(statements, "TEN#*#DAYS", "PutItem");
            add(statements, "TEN#*#SWEEP", "DeleteItem", "PutItem");
        } else {
            // no edge lives in the route tests; to those that do, every change is mailed
            if (changes) {
                add(statements, "EDGE#*", "PutItem");
            }
            // which of them a request takes hangs on how soon it comes after others
            add(statements, "TEN#${tenant}#RATES", "GetItem", "PutItem", "UpdateItem");
            // a request that is repeated is looked up
            add(statements, "TEN#${tenant}#REQUESTS", "GetItem");
        }
        for (var call : Calls.ALL) {
            if (call.function().equals(function)) {
                statements
                        .computeIfAbsent(
                                "\"table\": \"" + call.table() + "\", \"leadingKeys\": \"" + call.pattern() + "\"",
                                none -> new TreeSet<>())
                        .add("\"dynamodb:" + call.action() + "\"");
            }
        }
        var lines = new StringBuilder();
        statements.forEach((head, actions) -> lines.append(lines.isEmpty() ? "" : ",\n")
                .append("    {")
                .append(head)
                .append(", \"actions\": [")
                .append(String.join(", ", actions))
                .append("]}"));
        return lines.toString();
    }

    private static void add(Map<String, Set<String>> statements, String leadingKeys, String... actions) {
        var all = statements.computeIfAbsent(
                "\"table\": \"live\", \"leadingKeys\": \"" + leadingKeys + "\"", none -> new TreeSet<>());
        for (var action : actions) {
            all.add("\"dynamodb:" + action + "\"");
        }
    }

    private static String declared(String function) throws IOException {
        try (var in = ControlPlane.class.getResourceAsStream("lambda/" + function + ".json")) {
            var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            var head = "\"dynamodb\": [\n";
            return text.substring(text.indexOf(head) + head.length(), text.indexOf("\n  ]", text.indexOf(head)));
        }
    }
}
