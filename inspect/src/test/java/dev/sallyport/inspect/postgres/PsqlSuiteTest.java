package dev.sallyport.inspect.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sallyport.core.policy.DefaultMasking;
import dev.sallyport.core.policy.Guardrails;
import dev.sallyport.core.secret.Secret;
import dev.sallyport.inspect.database.Judge;
import dev.sallyport.inspect.database.Masking;
import dev.sallyport.inspect.database.Ran;
import dev.sallyport.inspect.guardrails.GuardrailJudge;
import dev.sallyport.inspect.guardrails.VerdictCache;
import dev.sallyport.inspect.masking.RuleMasking;
import dev.sallyport.inspect.sql.postgres.PostgresGrammar;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What `psql` shows of the statements of `suite.sql` with Sallyport in between is what it shows directly, but for the
/// cells of `suite.masked`, and those only where something is masked.
class PsqlSuiteTest {

    private static final PostgresGrammar GRAMMAR = new PostgresGrammar();

    private static final int FEWEST = 300;

    /// Stands in no value.
    private static final String SEPARATOR = "\u001f";

    /// Reads each statement by the grammar, and lets it pass.
    private static Judge lenient() {
        var rules = "unread allow\nrule none\n  block\n  when reads nobody.has_this\n";
        return new GuardrailJudge(Guardrails.of(List.of(), rules), GRAMMAR, new VerdictCache());
    }

    private static Masking masking() {
        return RuleMasking.ofSession(DefaultMasking.rules(), Secret.of("0123456789abcdef0123456789abcdef"));
    }

    private static Path file(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(PsqlSuiteTest.class.getResource(name), name)
                .toURI());
    }

    private static Ran psql(int port, String... more) throws Exception {
        var suite = file("suite.sql").toString();
        var command = new ArrayList<>(List.of("psql", "-X", "-h", "127.0.0.1", "-p", Integer.toString(port)));
        command.addAll(List.of("-U", RealPostgres.USER, "-d", RealPostgres.DATABASE));
        command.addAll(List.of("-f", suite));
        command.addAll(List.of(more));
        var environment = Map.of(
                "PGCLIENTENCODING", "UTF8", "LC_ALL", "C.UTF-8", "PGSSLMODE", "disable", "PGGSSENCMODE", "disable");
        // a notification names the process that sent it
        return Ran.of(command, environment, "")
                .without(text -> text.replaceAll("PID [0-9]+", "PID N").replace(suite, "suite.sql"));
    }

    private static void same(RealPostgres server) throws Exception {
        var direct = psql(server.port());
        assertThat(direct.err()).contains("42P01").contains("NOTICE").contains("XX000");
        assertThat(direct.out()).contains("20000").contains("(1050 rows)");
        var suite = Files.readString(file("suite.sql"));
        for (int piece : new int[] {65_536, 11}) {
            try (var through = new Through(server, lenient(), Masking.NONE, piece)) {
                var shown = psql(through.port());
                assertThat(shown.err()).isEqualTo(direct.err());
                assertThat(shown.out()).isEqualTo(direct.out());
                assertThat(shown.status()).isEqualTo(direct.status());
                through.check();
                assertThat(through.texts().stream().filter(suite::contains)).hasSizeGreaterThan(FEWEST);
            }
        }
    }

    private static void masked(RealPostgres server) throws Exception {
        var cells = new String[] {"-A", "-F", SEPARATOR};
        var direct = psql(server.port(), cells);
        try (var through = new Through(server, lenient(), masking(), 65_536)) {
            var shown = psql(through.port(), cells);
            assertThat(direct.differences(shown, SEPARATOR)).isEqualTo(Files.readAllLines(file("suite.masked")));
            assertThat(shown.status()).isEqualTo(direct.status());
            through.check();
        }
    }

    @Test
    void psqlShowsTheSame() throws Exception {
        try (var server = RealPostgres.embedded()) {
            same(server);
            masked(server);
        }
    }

    @Test
    void psqlShowsTheSameOfTheServerThatIsInstalled() throws Exception {
        var programs = RealPostgres.programs();
        assumeTrue(programs.isPresent(), "no PostgreSQL is installed: make test installs one");
        try (var server = RealPostgres.installed(programs.get())) {
            same(server);
            masked(server);
        }
    }
}
