package dev.sallyport.cli;

import dev.sallyport.cli.output.Facts;
import dev.sallyport.cli.output.Format;
import dev.sallyport.cli.output.Moment;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Run;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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
        var email = me.email();
        var scopes = me.scopes();
        var expires = me.expiresAt();
        new Facts()
                .add("configuration", run.configuration().path().toString())
                .add("API", run.configuration().url() + ", answers")
                .add("tenant", me.tenantSlug() + " (" + me.tenant() + ")" + (me.operator() ? ", the operator" : ""))
                .add("tenant's key", me.tenantKey())
                .add("you are", (email == null ? "the key " + me.key() : email) + ", " + me.role())
                .add("the key may", scopes == null ? "all that its role may" : String.join(", ", scopes) + " only")
                .add("the key counts", expires == null ? "until it is deleted" : "until " + Moment.local(expires))
                .add("SSH door", reach.map(DoorReach::words).orElse(null))
                .add("live sessions", live(scopes))
                .print(run.out(), run.surroundings().colours(run.surroundings().outIsTerminal()));
        return code;
    }

    /// How many sessions are live; nothing where the key may not ask.
    private @Nullable String live(@Nullable List<String> scopes) throws Exception {
        if (scopes != null && !scopes.contains("sessions:read") && !scopes.contains("*:read")) {
            return null;
        }
        int live = client().sessions(Map.of("state", "live", "limit", "200"))
                .items()
                .size();
        return live == 200 ? "200 or more" : Integer.toString(live);
    }
}
