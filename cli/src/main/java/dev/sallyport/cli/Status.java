package dev.sallyport.cli;

import dev.sallyport.cli.output.Facts;
import dev.sallyport.cli.output.Format;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Run;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Says which Sallyport this is, and as whom it is asked.
@Command(
        name = "status",
        header = "Say which Sallyport this talks to, as whom, and whether it answers.",
        description =
                "The exit code is 1 when the API or the SSH door does not answer. With -o json,  door  stands behind"
                        + " the fields of the API's record.")
final class Status extends Action {

    @Mixin
    private final Format format = new Format();

    Status(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        var me = client().me();
        var reach = DoorReach.of(run.configuration(), me);
        int code = reach.isPresent() && !reach.get().answers() ? ExitCode.FAILED : ExitCode.OK;
        if (format.isJson()) {
            if (reach.isPresent()) {
                format.json(run, me, new DoorReach.Told(reach.get()));
            } else {
                format.json(run, me);
            }
            return code;
        }
        int live = client().sessions(Map.of("state", "live", "limit", "200"))
                .items()
                .size();
        var email = me.email();
        new Facts()
                .add("configuration", run.configuration().path().toString())
                .add("API", run.configuration().url() + ", answers")
                .add("tenant", me.tenantSlug() + " (" + me.tenant() + ")" + (me.operator() ? ", the operator" : ""))
                .add("tenant's key", me.tenantKey())
                .add("you are", (email == null ? "the key " + me.key() : email) + ", " + me.role())
                .add("SSH door", reach.map(DoorReach::words).orElse(null))
                .add("live sessions", live == 200 ? "200 or more" : Integer.toString(live))
                .print(run.out(), run.surroundings().colours(run.surroundings().outIsTerminal()));
        return code;
    }
}
