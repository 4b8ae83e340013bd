package dev.sallyport.cli.output;

import dev.sallyport.core.text.Escaped;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is known of one thing, a line each, values aligned. Values may be text of others.
public final class Facts {

    private record Fact(String name, String value) {}

    private final List<Fact> facts = new ArrayList<>();

    /// Adds a fact; without a value there is none.
    public Facts add(String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            facts.add(new Fact(name, Escaped.of(value)));
        }
        return this;
    }

    public Facts add(String name, List<String> values) {
        return add(name, String.join(", ", values));
    }

    public void print(PrintStream out, boolean colours) {
        int width = facts.stream().mapToInt(fact -> fact.name().length()).max().orElse(0);
        for (var fact : facts) {
            var name = fact.name() + " ".repeat(width - fact.name().length());
            out.println((colours ? "\u001b[1m" + name + "\u001b[0m" : name) + "  " + fact.value());
        }
    }
}
