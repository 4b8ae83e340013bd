package dev.sallyport.cli.guardrails;

import dev.sallyport.api.DryRuns.GuardrailsDryRun;
import dev.sallyport.api.DryRuns.Verdict;
import dev.sallyport.api.Limits;
import dev.sallyport.api.Refused;
import dev.sallyport.cli.output.Format;
import dev.sallyport.cli.output.Moment;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Pages;
import dev.sallyport.cli.run.Reason;
import dev.sallyport.cli.run.Run;
import dev.sallyport.cli.sessions.PastStatements;
import dev.sallyport.core.text.SqlSplitter;
import io.avaje.jsonb.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sally guardrails test`: what rules would say of the statements of a file, or of past sessions.
@Command(
        name = "test",
        header = "Say what a guardrail would say of statements. Nothing is run.",
        description = {
            "Of a guardrail of the tenant, of rules in a file (@FILE), or, with --on, of all that a session of a",
            "connection is held against. What is not understood or is not allowed is listed, with its line."
        },
        footer = {
            "",
            "Examples:",
            "  sally guardrails test no-drops -f migration.sql --fail",
            "  sally guardrails test @rules.txt --sessions --since 7d --connection shop-db",
            "  sally guardrails test --on shop-db --group interns -f statements.sql"
        })
public final class TestGuardrails extends Action {

    /// Longest file that is read, in bytes.
    private static final int LONGEST_FILE = 16 << 20;

    /// Longest file of rules that is read, in bytes.
    private static final int LONGEST_RULES = 65_536;

    /// Longest statement that can be asked about, in bytes of UTF-8: what the API takes.
    private static final int LONGEST_STATEMENT = 16_384;

    /// Most characters of statements that one request carries.
    private static final int MOST_CHARACTERS = 131_072;

    /// How much of a statement is shown, in characters.
    private static final int SHOWN = 100;

    @Parameters(
            arity = "0..1",
            paramLabel = "GUARDRAIL",
            description = "Name or id of a guardrail, or @FILE with rules.")
    private @Nullable String guardrail;

    @Option(
            names = "--on",
            paramLabel = "CONNECTION",
            description = "All that a session of this connection is held against.")
    private @Nullable String on;

    @Option(names = "--group", paramLabel = "GROUP", description = "With --on: a session of a member of this group.")
    private List<String> groups = List.of();

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "Statements, each ended by ';'. - is standard input.")
    private @Nullable String file;

    @Option(names = "--dialect", paramLabel = "DIALECT", description = "postgres (the default) or mysql.")
    private @Nullable String dialect;

    @Option(names = "--sessions", description = "Statements of past sessions, as far as you may read their recordings.")
    private boolean sessions;

    @Option(names = "--since", paramLabel = "TIME", description = "With --sessions: since then, as 7d. Default: 1d.")
    private @Nullable String since;

    @Option(names = "--connection", paramLabel = "NAME", description = "With --sessions: of this connection only.")
    private @Nullable String connection;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "With --sessions: at most so many sessions. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Option(names = "--fail", description = "End with 1 when anything would be blocked or held.")
    private boolean fail;

    @Mixin
    private final Format format = new Format();

    public TestGuardrails(Run run) {
        super(run);
    }

    /// A statement, and where it stands.
    private record Placed(String place, String text) {}

    /// What would become of a statement.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Said(
            String place,
            String verdict,
            @Nullable String rule,
            @Nullable String message,
            @Nullable Long mostRows,
            @Nullable String touches,
            String text) {

        static Said of(Placed statement, Verdict verdict) {
            return new Said(
                    statement.place(),
                    verdict.verdict(),
                    verdict.rule() == null ? verdict.mostRowsRule() : verdict.rule(),
                    verdict.message(),
                    verdict.mostRows(),
                    verdict.touches(),
                    statement.text());
        }
    }

    /// How many, and of those that are not allowed which.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Summary(int statements, int warned, int held, int blocked, List<Said> said) {}

    @Override
    public Integer call() throws Exception {
        if ((guardrail == null) == (on == null)) {
            throw Failure.usage("name a guardrail (or @FILE), or a connection with --on.");
        }
        if ((file == null) == !sessions) {
            throw Failure.usage("say what to try: -f FILE, or --sessions.");
        }
        var statements = sessions ? past() : read(String.valueOf(file));
        var said = ask(statements);
        int blocked = count(said, "block");
        int held = count(said, "hold");
        int warned = count(said, "warn");
        var listed = said.stream()
                .filter(one -> !one.verdict().equals("allow") || one.mostRows() != null)
                .toList();
        if (format.isJson()) {
            format.json(run, new Summary(said.size(), warned, held, blocked, listed));
        } else {
            print(listed);
            run.out()
                    .println("would have blocked " + blocked + ", held " + held + " and warned of " + warned + " of "
                            + String.format(java.util.Locale.ROOT, "%,d", said.size()));
        }
        return fail && blocked + held > 0 ? ExitCode.FAILED : ExitCode.OK;
    }

    private static int count(List<Said> said, String verdict) {
        return (int) said.stream().filter(one -> one.verdict().equals(verdict)).count();
    }

    private void print(List<Said> listed) {
        if (listed.isEmpty()) {
            return;
        }
        var table = new Table(sessions ? "SESSION" : "LINE", "VERDICT", "RULE", "TOUCHES", "STATEMENT");
        for (var one : listed) {
            var text = one.text().replaceAll("\\s+", " ").strip();
            table.row(
                    one.place(),
                    one.verdict() + (one.mostRows() == null ? "" : ", undone beyond " + one.mostRows() + " rows"),
                    one.rule() == null ? "" : one.rule(),
                    one.touches() == null ? "" : one.touches(),
                    text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…");
        }
        format.table(run, table);
    }

    private List<Said> ask(List<Placed> statements) throws Exception {
        var given = guardrail;
        var rules = given != null && given.startsWith("@") ? text(Path.of(given.substring(1)), LONGEST_RULES) : null;
        var name = rules == null ? given : null;
        var said = new ArrayList<Said>();
        var batch = new ArrayList<Placed>();
        int characters = 0;
        for (int i = 0; i <= statements.size(); i++) {
            boolean over = i == statements.size();
            if (!batch.isEmpty()
                    && (over
                            || batch.size() == Limits.ENTRIES
                            || characters + statements.get(i).text().length() > MOST_CHARACTERS)) {
                var verdicts = client().dryRun(new GuardrailsDryRun(
                                name,
                                rules,
                                on,
                                groups,
                                dialect,
                                batch.stream().map(Placed::text).toList()))
                        .verdicts();
                for (int at = 0; at < batch.size() && at < verdicts.size(); at++) {
                    said.add(Said.of(batch.get(at), verdicts.get(at)));
                }
                batch.clear();
                characters = 0;
            }
            if (!over) {
                batch.add(statements.get(i));
                characters += statements.get(i).text().length();
            }
        }
        return said;
    }

    private List<Placed> read(String from) throws Exception {
        var text = from.equals("-") ? standardInput() : text(Path.of(from), LONGEST_FILE);
        var placed = new ArrayList<Placed>();
        int line = 1;
        try {
            var splitter = new SqlSplitter();
            int at = 0;
            var all = new ArrayList<>(splitter.take(text));
            all.addAll(splitter.rest());
            for (var statement : all) {
                int found = text.indexOf(statement, at);
                line += (int)
                        text.substring(at, found).chars().filter(c -> c == '\n').count();
                keep(placed, Integer.toString(line), statement);
                line += (int) statement.chars().filter(c -> c == '\n').count();
                at = found + statement.length();
            }
        } catch (SqlSplitter.TooLong e) {
            throw Failure.usage(from + ": " + e.getMessage() + ".");
        }
        return placed;
    }

    private void keep(List<Placed> placed, String place, String statement) {
        if (statement.getBytes(StandardCharsets.UTF_8).length > LONGEST_STATEMENT) {
            run.say(place + ": a statement of more than " + LONGEST_STATEMENT + " bytes is left out.");
        } else {
            placed.add(new Placed(place, statement));
        }
    }

    private List<Placed> past() throws Exception {
        var filters = new HashMap<String, String>();
        if (connection != null) {
            filters.put("connection", connection);
        }
        filters.put(
                "from",
                Moment.parse(since == null ? "1d" : since, run.surroundings().clock())
                        .toString());
        filters.put("limit", Integer.toString(Math.min(Pages.limit(limit), Limits.PAGE)));
        var client = client();
        var found = Pages.first(limit, cursor -> {
            if (cursor != null) {
                filters.put("cursor", cursor);
            }
            var page = client.sessions(filters);
            return new Pages.One<>(page.items(), page.next());
        });
        var placed = new ArrayList<Placed>();
        for (var session : found) {
            if (session.deletion() != null || !session.level().equals("statements")) {
                continue;
            }
            try {
                for (var statement : PastStatements.of(run, session.id())) {
                    keep(placed, session.id(), statement);
                }
            } catch (Refused e) {
                run.say(session.id() + " is left out: " + e.getMessage());
            } catch (IOException e) {
                run.say(session.id() + " is left out: it could not be read: " + Reason.of(e) + ".");
            }
        }
        return placed;
    }

    private String standardInput() throws Failure {
        try {
            return text(run.surroundings().in().readNBytes(LONGEST_FILE + 1), "standard input", LONGEST_FILE);
        } catch (IOException e) {
            throw Failure.failed("standard input cannot be read: " + Reason.of(e) + ".");
        }
    }

    private String text(Path path, int longest) throws Failure {
        var whole = run.surroundings().folder().resolve(path);
        try (var in = Files.newInputStream(whole)) {
            return text(in.readNBytes(longest + 1), whole.toString(), longest);
        } catch (IOException e) {
            throw Failure.failed(whole + " cannot be read: " + Reason.of(e) + ".");
        }
    }

    private static String text(byte[] bytes, String what, int longest) throws Failure {
        if (bytes.length > longest) {
            throw Failure.usage(what + " is longer than " + longest + " bytes.");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
