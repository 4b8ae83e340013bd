package dev.sallyport.cli.declared;

import dev.sallyport.api.Limits;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A map in a file, read field by field. What is wrong goes to the mistakes; [#end] finds the fields that nobody
/// asked for, because one of them may be a restriction that is misspelled.
final class Section {

    private final Value.Fields fields;
    private final String path;
    private final Mistakes mistakes;
    private final Set<String> asked = new HashSet<>();

    Section(Value.Fields fields, String path, Mistakes mistakes) {
        this.fields = fields;
        this.path = path;
        this.mistakes = mistakes;
    }

    /// The map that a value is.
    static Optional<Section> of(Value value, String path, Mistakes mistakes) {
        if (value instanceof Value.Fields fields) {
            return Optional.of(new Section(fields, path, mistakes));
        }
        mistakes.add(value.place(), path, "takes fields, as in name: value.");
        return Optional.empty();
    }

    Place place() {
        return fields.place();
    }

    String path() {
        return path;
    }

    /// Where a field stands; where the section does, when it is not there.
    Place place(String name) {
        var value = fields.values().get(name);
        return value == null ? fields.place() : value.place();
    }

    /// Whether the field is there, if only with nothing after it.
    boolean has(String name) {
        return fields.values().containsKey(name);
    }

    void wrong(String name, String sentence) {
        mistakes.add(place(name), name.isEmpty() ? path : within(name), sentence);
    }

    private String within(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private @Nullable Value value(String name) {
        asked.add(name);
        var value = fields.values().get(name);
        return value instanceof Value.Nothing ? null : value;
    }

    @Nullable
    String text(String name) {
        return switch (value(name)) {
            case null -> null;
            case Value.Text text -> text.text();
            case Value other -> {
                mistakes.add(other.place(), within(name), "takes one text.");
                yield null;
            }
        };
    }

    /// The text, or an empty one where there is none, which is wrong.
    String needed(String name) {
        var text = text(name);
        if ((text == null || text.isBlank()) && !(value(name) instanceof Value.Items)) {
            wrong(name, "is needed.");
        }
        return text == null ? "" : text;
    }

    @Nullable
    String choice(String name, List<String> words) {
        var text = text(name);
        if (text == null || words.contains(text)) {
            return text;
        }
        wrong(name, "is one of " + String.join(", ", words) + ".");
        return null;
    }

    @Nullable
    Long number(String name, long least, long most) {
        var value = value(name);
        if (value == null) {
            return null;
        }
        if (value instanceof Value.Text text && text.text().matches("[0-9]{1,18}")) {
            long number = Long.parseLong(text.text());
            if (number >= least && number <= most) {
                return number;
            }
        }
        wrong(name, "takes a number from " + least + " to " + most + ".");
        return null;
    }

    @Nullable
    Boolean flag(String name) {
        var text = choice(name, List.of("true", "false"));
        return text == null ? null : (Boolean) text.equals("true");
    }

    @Nullable
    List<String> list(String name) {
        var value = value(name);
        if (value == null) {
            return null;
        }
        if (!(value instanceof Value.Items items) || items.values().size() > Limits.ENTRIES) {
            wrong(name, "takes a list of at most " + Limits.ENTRIES + " texts.");
            return null;
        }
        var texts = new ArrayList<String>();
        for (var item : items.values()) {
            if (item instanceof Value.Text text) {
                texts.add(text.text());
            } else {
                mistakes.add(item.place(), within(name) + "[" + texts.size() + "]", "takes one text.");
                return null;
            }
        }
        return texts;
    }

    @Nullable
    SortedMap<String, String> map(String name) {
        var value = value(name);
        if (value == null) {
            return null;
        }
        if (!(value instanceof Value.Fields map) || map.values().size() > Limits.ENTRIES) {
            wrong(name, "takes at most " + Limits.ENTRIES + " fields, as in name: text.");
            return null;
        }
        var texts = new TreeMap<String, String>();
        for (var entry : map.values().entrySet()) {
            if (entry.getValue() instanceof Value.Text text) {
                texts.put(entry.getKey(), text.text());
            } else {
                mistakes.add(entry.getValue().place(), within(name) + "." + entry.getKey(), "takes one text.");
            }
        }
        return texts;
    }

    @Nullable
    Section part(String name) {
        var value = value(name);
        return value == null ? null : Section.of(value, within(name), mistakes).orElse(null);
    }

    /// The maps of a list; none, where the field is not there at all.
    Optional<List<Section>> parts(String name) {
        if (!has(name)) {
            return Optional.empty();
        }
        var parts = new ArrayList<Section>();
        switch (value(name)) {
            case null -> {
                // a list with nothing in it
            }
            case Value.Items items -> {
                for (int i = 0; i < items.values().size(); i++) {
                    Section.of(items.values().get(i), within(name) + "[" + i + "]", mistakes)
                            .ifPresent(parts::add);
                }
            }
            case Value other -> mistakes.add(other.place(), within(name), "takes a list.");
        }
        return Optional.of(parts);
    }

    /// What a record that checks itself makes of what was read.
    <T> Optional<T> made(String name, Supplier<T> making) {
        try {
            return Optional.of(making.get());
        } catch (IllegalArgumentException e) {
            wrong(name, e.getMessage() + ".");
            return Optional.empty();
        }
    }

    /// The fields that nobody asked for.
    List<String> unasked() {
        return fields.values().keySet().stream()
                .filter(name -> !asked.contains(name))
                .toList();
    }

    /// Checks that every field was one.
    void end() {
        for (Map.Entry<String, Value> field : fields.values().entrySet()) {
            if (!asked.contains(field.getKey())) {
                mistakes.add(
                        field.getValue().place(),
                        within(field.getKey()),
                        "is not known here; there are "
                                + String.join(", ", asked.stream().sorted().toList()) + ".");
            }
        }
    }
}
