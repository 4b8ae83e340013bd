package dev.sallyport.cli.output;

import dev.sallyport.api.ApiJson;
import dev.sallyport.cli.run.Run;
import picocli.CommandLine.Option;

/// How a command prints what it found: for people, or for programs.
public final class Format {

    /// The forms.
    public enum Form {
        table,
        json
    }

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "${COMPLETION-CANDIDATES}; json prints the API's own records. Default: ${DEFAULT-VALUE}.")
    private Form form = Form.table;

    public boolean isJson() {
        return form == Form.json;
    }

    /// Prints a record of the API.
    public void json(Run run, Object value) {
        run.out().println(HarmlessJson.of(ApiJson.pretty(value)));
    }

    /// Prints a record of the API, and behind its fields those of another record.
    public void json(Run run, Object value, Object more) {
        var first = ApiJson.pretty(value).stripTrailing();
        var second = ApiJson.pretty(more).strip();
        run.out()
                .println(HarmlessJson.of(
                        first.substring(0, first.length() - 1).stripTrailing() + "," + second.substring(1)));
    }

    /// Prints a table, screen by screen where it is long and somebody looks.
    public void table(Run run, Table table) {
        boolean colours = run.surroundings().colours(run.surroundings().outIsTerminal());
        Pager.print(run, out -> table.print(out, colours));
    }
}
