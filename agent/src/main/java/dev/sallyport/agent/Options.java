package dev.sallyport.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What an operator asked for, by name: words of a command line (`--name value`), or lines of a file (`name = value`,
/// `#` begins a comment line). A name may come more than once. Unknown names are errors in both.
///
/// @param values by name, without the dashes, in the order in which they were given
record Options(Map<String, List<String>> values) {

    /// The names of a running agent's options; all but `config` may stand in the file, too.
    static final Set<String> OF_AN_AGENT =
            Set.of("key-file", "state", "secrets", "type", "run-as", "edge", "tails", "health-port", "drain", "log");

    static final String CONFIG = "config";

    /// What a new agent fetches its key with, and the CAs that the API it asks may have its certificate from.
    static final String JOIN = "join";

    static final String API_CA = "api-ca";

    /// Reads words.
    ///
    /// @param known names that want a value
    /// @param flags names that stand alone
    static Options ofWords(List<String> words, Set<String> known, Set<String> flags) throws Usage {
        var values = new LinkedHashMap<String, List<String>>();
        for (int i = 0; i < words.size(); i++) {
            var word = words.get(i);
            var name = word.startsWith("--") ? word.substring(2) : "";
            if (flags.contains(name)) {
                values.computeIfAbsent(name, n -> new ArrayList<>()).add("");
            } else if (!known.contains(name)) {
                throw new Usage("unknown option " + word + "; --help shows them");
            } else if (i + 1 == words.size()) {
                throw new Usage(word + " wants a value");
            } else {
                values.computeIfAbsent(name, n -> new ArrayList<>()).add(words.get(++i));
            }
        }
        return new Options(values);
    }

    /// Reads the words of an agent and the file that they name; what a word says stands in the place of what the file
    /// says under the same name.
    ///
    /// @param more names besides an agent's
    static Options read(List<String> words, Set<String> more, Set<String> flags) throws Usage, IOException {
        var known = new HashSet<>(OF_AN_AGENT);
        known.add(CONFIG);
        known.add(JOIN);
        known.add(API_CA);
        known.addAll(more);
        var said = ofWords(words, known, flags);
        var file = said.one(CONFIG);
        if (file.isEmpty()) {
            return said;
        }
        var values = new LinkedHashMap<>(ofFile(Path.of(file.get())).values());
        values.putAll(said.values());
        return new Options(values);
    }

    private static Options ofFile(Path file) throws Usage, IOException {
        var values = new LinkedHashMap<String, List<String>>();
        int number = 0;
        for (var line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            number++;
            if (line.isBlank() || line.strip().startsWith("#")) {
                continue;
            }
            int equals = line.indexOf('=');
            var name = equals < 0 ? line.strip() : line.substring(0, equals).strip();
            var value = equals < 0 ? "" : line.substring(equals + 1).strip();
            if (!OF_AN_AGENT.contains(name)) {
                throw new Usage(file + ", line " + number + ": there is no setting " + name);
            }
            if (value.isEmpty()) {
                throw new Usage(file + ", line " + number + ": " + name + " wants a value: " + name + " = …");
            }
            values.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
        }
        return new Options(values);
    }

    /// The lines that [#read] takes from a file.
    String lines() {
        var lines = new StringBuilder();
        values.forEach((name, all) -> all.forEach(
                value -> lines.append(name).append(" = ").append(value).append('\n')));
        return lines.toString();
    }

    /// These without some names.
    Options without(Set<String> names) {
        var rest = new LinkedHashMap<>(values);
        rest.keySet().removeAll(names);
        return new Options(rest);
    }

    List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    Optional<String> one(String name) throws Usage {
        if (all(name).size() > 1) {
            throw new Usage("--" + name + " is given once");
        }
        return all(name).stream().findFirst();
    }

    int number(String name, int otherwise) throws Usage {
        var text = one(name).orElse(Integer.toString(otherwise));
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65_535) {
            throw new Usage("--" + name + " is a number from 0 to 65535");
        }
        return Integer.parseInt(text);
    }
}
