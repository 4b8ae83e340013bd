package dev.sallyport.cli.declared;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What is set of one thing, as texts under the names that a file has for them: two things are the same when
/// these are.
final class Settings {

    /// One of them.
    ///
    /// @param secret whether it is a reference to a secret, which may hold the secret itself
    record Setting(String text, boolean secret) {

        private static final String SEAL = "seal:";
        private static final String SEALED = "sealed:";

        /// Whether this one, from a file, has a value to be sealed where the other, from the API, has one that is
        /// sealed: nobody can say whether the two are the same.
        boolean hides(@Nullable Setting now) {
            return secret && text.startsWith(SEAL) && now != null && now.secret && now.text.startsWith(SEALED);
        }

        /// For people: nothing that is secret is in it.
        String shown() {
            if (secret && text.startsWith(SEAL)) {
                return SEAL + "…";
            }
            return secret && text.startsWith(SEALED) ? SEALED + "…" : text;
        }
    }

    /// A setting that is not what it was.
    record Difference(
            String name, @Nullable Setting before, @Nullable Setting after) {}

    private final SequencedMap<String, Setting> all = new LinkedHashMap<>();

    Settings put(String name, @Nullable String text) {
        if (text != null && !text.isEmpty()) {
            all.put(name, new Setting(text, false));
        }
        return this;
    }

    Settings secret(String name, @Nullable String reference) {
        if (reference != null && !reference.isEmpty()) {
            all.put(name, new Setting(reference, true));
        }
        return this;
    }

    /// Texts whose order counts.
    Settings list(String name, @Nullable List<String> texts) {
        if (texts != null && !texts.isEmpty()) {
            all.put(
                    name,
                    new Setting(
                            String.join(
                                    ", ", texts.stream().map(Settings::quoted).toList()),
                            false));
        }
        return this;
    }

    /// Texts whose order does not count.
    Settings set(String name, @Nullable Collection<String> texts) {
        return texts == null
                ? this
                : list(name, texts.stream().distinct().sorted().toList());
    }

    Settings map(String name, @Nullable Map<String, String> texts) {
        if (texts != null) {
            new TreeMap<>(texts).forEach((key, text) -> all.put(name + "." + key, new Setting(text, false)));
        }
        return this;
    }

    Settings secrets(String name, @Nullable Map<String, String> references) {
        if (references != null) {
            new TreeMap<>(references).forEach((key, text) -> all.put(name + "." + key, new Setting(text, true)));
        }
        return this;
    }

    /// So that no two lists are written the same.
    private static String quoted(String text) {
        return text.matches("[^\\s,'\"\\\\]+")
                ? text
                : "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    SequencedMap<String, Setting> all() {
        return all;
    }

    @Nullable
    Setting get(String name) {
        return all.get(name);
    }

    /// What makes `wanted` of these.
    ///
    /// @param trusting whether a value that is sealed already is taken for the one that is to be sealed
    List<Difference> differences(Settings wanted, boolean trusting) {
        var names = new ArrayList<>(wanted.all.keySet());
        all.keySet().stream().filter(name -> !wanted.all.containsKey(name)).forEach(names::add);
        var differences = new ArrayList<Difference>();
        for (var name : names) {
            var before = all.get(name);
            var after = wanted.all.get(name);
            boolean same = after == null ? before == null : after.equals(before) || (trusting && after.hides(before));
            if (!same) {
                differences.add(new Difference(name, before, after));
            }
        }
        return differences;
    }

    /// Names of settings whose values cannot be compared.
    List<String> hidden(Settings now) {
        return all.entrySet().stream()
                .filter(entry -> entry.getValue().hides(now.get(entry.getKey())))
                .map(Map.Entry::getKey)
                .toList();
    }
}
