package dev.sallyport.cli.admin;

import dev.sallyport.api.Audit.Entry;
import dev.sallyport.api.Audit.Page;
import dev.sallyport.api.Limits;
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

/// Reads the audit log.
@Command(
        name = "audit",
        header = "Read the audit log, newest first.",
        footer = {"", "Example:", "  sally admin audit --since 1d --limit 500 -o json"})
final class AuditCommand extends Action {

    @Option(names = "--since", paramLabel = "TIME", description = "Not before: 30m, 2h, 3d, or 2026-11-22.")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "TIME", description = "Before.")
    private @Nullable String until;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "At most so many. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Mixin
    private final Format format = new Format();

    AuditCommand(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        var clock = run.surroundings().clock();
        var filters = new HashMap<String, String>();
        if (since != null) {
            filters.put("from", Moment.parse(since, clock).toString());
        }
        if (until != null) {
            filters.put("to", Moment.parse(until, clock).toString());
        }
        filters.put("limit", Integer.toString(Math.min(Pages.limit(limit), Limits.PAGE)));
        var client = client();
        var entries = Pages.first(limit, cursor -> {
            if (cursor != null) {
                filters.put("cursor", cursor);
            }
            var page = client.audit(filters);
            return new Pages.One<>(page.items(), page.next());
        });
        if (format.isJson()) {
            format.json(run, new Page(entries, null));
        } else if (entries.isEmpty()) {
            run.say("the audit log has nothing of that time.");
        } else {
            var table = new Table("TIME", "WHO", "DID", "TO", "FROM", "DETAILS");
            entries.forEach(entry -> table.row(
                    Moment.local(entry.time()),
                    entry.actor(),
                    entry.action(),
                    entry.object(),
                    entry.source(),
                    details(entry)));
            format.table(run, table);
        }
        return ExitCode.OK;
    }

    private static String details(Entry entry) {
        return RuleCommands.tags(entry.details());
    }
}
