package dev.sallyport.cli.sessions;

import dev.sallyport.api.Limits;
import dev.sallyport.api.Statements.Gap;
import dev.sallyport.api.Statements.Page;
import dev.sallyport.api.Statements.Statement;
import dev.sallyport.cli.output.Format;
import dev.sallyport.cli.output.Moment;
import dev.sallyport.cli.output.Pager;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Pages;
import dev.sallyport.cli.run.Run;
import dev.sallyport.core.text.Escaped;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Searches the statements of sessions.
@Command(
        name = "search",
        header = "Search the statements of database sessions, newest first.",
        description =
                "A statement is found that has all the words, in any order, or a \"phrase\" as it stands. Numbers, texts in "
                        + "single quotes and words such as select and from cannot be searched for alone. Names are split at dots. "
                        + "Searched are the first 4 KiB of a text; the recording has all of it. Members search their own sessions. "
                        + "A search over others' sessions stands in the audit log.",
        footer = {
            "",
            "Examples:",
            "  sally sessions search drop table",
            "  sally sessions search '\"drop table\"' --connection prod-db --since 30d",
            "  sally sessions search salaries --verdict block -o json",
            "",
            "Then:  sally sessions replay SESSION"
        })
public final class Search extends Action {

    /// The verdicts.
    enum Verdict {
        allow,
        warn,
        hold,
        block
    }

    /// Pages that one search asks for, at most.
    private static final int MOST_PAGES = 100;

    /// Longest text that a row shows, in characters.
    private static final int LONGEST = 500;

    private static final String MARKED = "\u001b[1;33m";
    private static final String PLAIN = "\u001b[0m";

    @Parameters(paramLabel = "WORDS", arity = "1..*", description = "What a statement must have.")
    private List<String> words = new ArrayList<>();

    @Option(names = "--user", paramLabel = "USER", description = "Only this user's: id or e-mail address.")
    private @Nullable String user;

    @Option(names = "--connection", paramLabel = "NAME", description = "Only those of this connection.")
    private @Nullable String connection;

    @Option(
            names = "--verdict",
            paramLabel = "VERDICT",
            description = "Only those on which this was the verdict: ${COMPLETION-CANDIDATES}.")
    private @Nullable Verdict verdict;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Not older: 30m, 2h, 3d, or 2026-11-22T10:00:00Z. Default: 30d.")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "TIME", description = "Only older ones.")
    private @Nullable String until;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "20",
            description = "At most so many. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Mixin
    private final Format format = new Format();

    public Search(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        var query = query();
        var client = client();
        var found = new ArrayList<Statement>();
        List<Gap> gaps = List.of();
        Page page;
        int pages = 0;
        do {
            page = client.statements(query);
            if (pages++ == 0) {
                gaps = page.notIndexed();
            }
            found.addAll(page.items());
            if (page.next() != null) {
                query.put("cursor", page.next());
            }
        } while (page.next() != null && found.size() < limit && pages < MOST_PAGES);
        boolean whole = page.next() == null && found.size() <= limit;
        var shown = List.copyOf(found.subList(0, Math.min(limit, found.size())));
        if (format.isJson()) {
            format.json(run, new Page(shown, page.next(), page.searchedTo(), gaps));
            return ExitCode.OK;
        }
        if (shown.isEmpty()) {
            run.say("no statement is like that since " + Moment.local(page.searchedTo())
                    + (whole
                            ? "."
                            : ", and the search has not come further back: go on with  --until "
                                    + page.searchedTo().plusMillis(1) + "."));
        } else {
            boolean colours = run.surroundings().colours(run.surroundings().outIsTerminal());
            Pager.print(run, out -> shown.forEach(statement -> print(out, statement, colours)));
            if (!whole) {
                var reached = found.size() < limit
                        ? page.searchedTo()
                        : shown.getLast().at();
                run.say("searched back to " + Moment.local(reached) + "; more may follow: take a larger --limit, or "
                        + "go on with  --until " + reached.plusMillis(1) + ".");
            }
        }
        gaps.forEach(this::say);
        return ExitCode.OK;
    }

    private Map<String, String> query() throws Failure {
        var clock = run.surroundings().clock();
        var query = new HashMap<String, String>();
        query.put("q", String.join(" ", words).replaceAll("\\s+", " ").strip());
        query.put("limit", Integer.toString(Math.min(Pages.limit(limit), Limits.PAGE)));
        if (user != null) {
            query.put("user", user);
        }
        if (connection != null) {
            query.put("connection", connection);
        }
        if (verdict != null) {
            query.put("verdict", verdict.name());
        }
        if (since != null) {
            query.put("since", Moment.parse(since, clock).toString());
        }
        if (until != null) {
            query.put("until", Moment.parse(until, clock).toString());
        }
        return query;
    }

    /// Two lines: where it was, and its text, made fit to be shown before anything in it is marked.
    private void print(PrintStream out, Statement statement, boolean colours) {
        var rule = statement.rule();
        out.println(Escaped.of(Moment.local(statement.at()) + "  " + statement.session() + "  " + statement.email()
                + "  " + statement.connectionName() + "  " + statement.verdict()
                + (rule == null ? "" : " (" + rule + ")")));
        var flat = statement.text().replaceAll("\\s+", " ").strip();
        var text = Escaped.of(flat, LONGEST);
        out.println("    " + (colours ? marked(text) : text) + (statement.cut() ? " (the recording has more)" : ""));
    }

    private String marked(String text) {
        var wanted = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_]*")
                .matcher(String.join(" ", words))
                .results()
                .map(word -> Pattern.quote(word.group()))
                .distinct()
                .collect(Collectors.joining("|"));
        if (wanted.isEmpty()) {
            return text;
        }
        return Pattern.compile(
                        "(?<![\\p{L}\\p{N}_])(?:" + wanted + ")(?![\\p{L}\\p{N}_])",
                        Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE)
                .matcher(text)
                .replaceAll(match -> java.util.regex.Matcher.quoteReplacement(MARKED + match.group() + PLAIN));
    }

    private void say(Gap gap) {
        run.say(gap.count() + (gap.count() == 1 ? " statement" : " statements") + " of session " + gap.session() + " ("
                + gap.email() + ", " + gap.connectionName()
                + ") are not in the index; the recording has them:  sally sessions show " + gap.session());
    }
}
