package dev.sallyport.cli.declared;

import dev.sallyport.cli.declared.Change.Kind;
import dev.sallyport.cli.declared.Settings.Setting;
import dev.sallyport.core.text.Escaped;
import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What it takes to make what there is what is declared, in the order in which it is done.
///
/// @param notes what is worth knowing besides
record Plan(List<Change> changes, List<String> notes) {

    private static final int LONGEST_VALUE = 200;

    /// Shows it, with nothing in it that is secret.
    void print(PrintStream out, boolean colours) {
        int width = changes.stream()
                .mapToInt(change -> change.noun().length())
                .max()
                .orElse(0);
        for (var change : changes) {
            var noun = change.noun() + " ".repeat(width - change.noun().length());
            var line = change.kind().sign + " " + noun + "  " + Escaped.of(change.name());
            out.println((colours ? "\u001b[" + change.kind().colour + "m" + line + "\u001b[0m" : line).stripTrailing());
            for (var difference : change.differences()) {
                out.println("    " + Escaped.of(difference.name()) + ": "
                        + (change.kind() == Kind.CREATE
                                ? shown(difference.after())
                                : shown(difference.before()) + " → " + shown(difference.after())));
            }
        }
        out.println(count(Kind.CREATE) + " to create, " + count(Kind.CHANGE) + " to change, " + count(Kind.DELETE)
                + " to delete.");
    }

    private long count(Kind kind) {
        return changes.stream().filter(change -> change.kind() == kind).count();
    }

    private static String shown(@Nullable Setting setting) {
        return setting == null ? "(none)" : Escaped.of(setting.shown(), LONGEST_VALUE);
    }
}
