package dev.sallyport.cli.sessions;

import dev.sallyport.api.Limits;
import dev.sallyport.api.Sessions.Page;
import dev.sallyport.api.Sessions.Session;
import dev.sallyport.cli.output.Format;
import dev.sallyport.cli.output.Moment;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Pages;
import dev.sallyport.cli.run.Run;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Lists sessions, newest first.
@Command(
        name = "ls",
        header = "List sessions, newest first.",
        footer = {
            "",
            "Examples:",
            "  sally sessions ls --state live",
            "  sally sessions ls --user alice@example.com --since 2d -o json"
        })
public final class ListSessions extends Action {

    /// Longest command that a row shows.
    private static final int COMMAND = 40;

    /// The states of a session.
    enum State {
        live,
        ended
    }

    @Option(names = "--user", paramLabel = "USER", description = "Only this user's: id or e-mail address.")
    private @Nullable String user;

    @Option(names = "--connection", paramLabel = "NAME", description = "Only those of this connection.")
    private @Nullable String connection;

    @Option(names = "--state", paramLabel = "STATE", description = "Only these: ${COMPLETION-CANDIDATES}.")
    private @Nullable State state;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Only those that started since then: 30m, 2h, 3d, or 2026-11-22T10:00:00Z.")
    private @Nullable String since;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "20",
            description = "At most so many. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Mixin
    private final Format format = new Format();

    public ListSessions(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        var filters = new HashMap<String, String>();
        if (user != null) {
            filters.put("user", user);
        }
        if (connection != null) {
            filters.put("connection", connection);
        }
        if (state != null) {
            filters.put("state", state.name());
        }
        if (since != null) {
            filters.put("from", Moment.parse(since, run.surroundings().clock()).toString());
        }
        filters.put("limit", Integer.toString(Math.min(Pages.limit(limit), Limits.PAGE)));
        var client = client();
        var sessions = Pages.first(limit, cursor -> {
            if (cursor != null) {
                filters.put("cursor", cursor);
            }
            var page = client.sessions(filters);
            return new Pages.One<>(page.items(), page.next());
        });
        if (format.isJson()) {
            format.json(run, new Page(sessions, null));
        } else if (sessions.isEmpty()) {
            run.say(
                    user == null && connection == null && state == null && since == null
                            ? "there is no session yet. Open one with  sally connect NAME;  sally ls  lists the names."
                            : "no session is like that.");
        } else {
            print(sessions);
        }
        return ExitCode.OK;
    }

    private void print(Iterable<Session> sessions) {
        var table = new Table("SESSION", "STARTED", "USER", "CONNECTION", "REQUEST", "STATE", "OUTCOME", "RECORDING");
        for (var session : sessions) {
            table.row(
                    session.id(),
                    Moment.local(session.startedAt()),
                    session.email(),
                    session.connectionName(),
                    request(session),
                    session.state(),
                    outcome(session),
                    session.recording() == null ? "-" : session.recording());
        }
        format.table(run, table);
    }

    private static String request(Session session) {
        var command = session.command();
        if (command == null) {
            return session.request();
        }
        return session.request() + " " + (command.length() <= COMMAND ? command : command.substring(0, COMMAND) + "…");
    }

    private static String outcome(Session session) {
        var outcome = session.outcome();
        if (outcome == null) {
            return "-";
        }
        return session.exitStatus() == null ? outcome : outcome + " " + session.exitStatus();
    }
}
