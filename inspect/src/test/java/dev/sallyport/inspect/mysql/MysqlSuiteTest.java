package dev.sallyport.inspect.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.policy.DefaultMasking;
import dev.sallyport.core.policy.Guardrails;
import dev.sallyport.core.secret.Secret;
import dev.sallyport.inspect.database.Judge;
import dev.sallyport.inspect.database.Ran;
import dev.sallyport.inspect.guardrails.GuardrailJudge;
import dev.sallyport.inspect.guardrails.VerdictCache;
import dev.sallyport.inspect.masking.RuleMasking;
import dev.sallyport.inspect.sql.mysql.MysqlGrammar;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What `mysql` shows of the statements of `suite.sql` with Sallyport in between is what it shows of a MariaDB
/// directly, but for the cells of `suite.masked`, and those only where something is masked.
class MysqlSuiteTest {

    private static final MysqlGrammar GRAMMAR = new MysqlGrammar();

    private static final int FEWEST = 300;

    private final Maria server = Maria.running();

    /// Reads each statement by the grammar, and lets it pass.
    private static Judge lenient() {
        var rules = "unread allow\nrule none\n  block\n  when reads nobody.has_this\n";
        return new GuardrailJudge(Guardrails.of(List.of(), rules), GRAMMAR, new VerdictCache());
    }

    private static String file(String name) throws Exception {
        try (var in = Objects.requireNonNull(MysqlSuiteTest.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Ran mysql(int port, String... more) throws Exception {
        var command = new ArrayList<>(List.of("mysql", "--no-defaults", "--ssl=0", "-h127.0.0.1", "-P" + port));
        command.addAll(List.of("-u" + Maria.NATIVE, "-p" + Maria.PASSWORD, "--default-character-set=utf8mb4"));
        command.addAll(List.of("--force", "--local-infile=0"));
        command.addAll(List.of(more));
        command.add("shop");
        return Ran.of(command, Map.of("LC_ALL", "C.UTF-8"), file("suite.sql")).without(MysqlSuiteTest::timeless);
    }

    /// Without how long things took, numbers of connections, and MariaDB's own names of types, which are not carried.
    private static String timeless(String text) {
        return text.replaceAll("\\(\\d+\\.\\d+ sec\\)", "(N sec)")
                .replaceAll("(Connection id: +)\\d+", "$1N")
                .replace(" (format=json)", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--table --show-warnings -vvv", "--batch --column-type-info"})
    void mysqlShowsTheSame(String how) throws Exception {
        var options = how.split(" ", -1);
        var direct = mysql(server.port, options);
        assertThat(direct.err())
                .contains("1146 (42S02)")
                .contains("1064 (42000)")
                .contains("by hand");
        assertThat(direct.out()).contains("20000").contains("a new session");
        var suite = file("suite.sql");
        for (int piece : new int[] {65_536, 11}) {
            try (var through = new Through(
                    server.port, Through.Settings.PLAIN.judge(lenient()).piece(piece))) {
                var shown = mysql(through.port(), options);
                assertThat(shown.err()).isEqualTo(direct.err());
                assertThat(shown.out()).isEqualTo(direct.out());
                assertThat(shown.status()).isEqualTo(direct.status());
                through.check();
                assertThat(through.texts().stream().filter(suite::contains)).hasSizeGreaterThan(FEWEST);
            }
        }
    }

    @Test
    void onlyWhatIsMaskedDiffers() throws Exception {
        // a tab stands between the cells of a line, and in no value unescaped
        var masking = RuleMasking.ofSession(DefaultMasking.rules(), Secret.of("0123456789abcdef0123456789abcdef"));
        var direct = mysql(server.port, "--batch");
        try (var through =
                new Through(server.port, Through.Settings.PLAIN.judge(lenient()).masking(masking))) {
            var shown = mysql(through.port(), "--batch");
            assertThat(direct.differences(shown, "\t"))
                    .isEqualTo(file("suite.masked").lines().toList());
            assertThat(shown.status()).isEqualTo(direct.status());
            through.check();
        }
    }
}
