package dev.sallyport.cli.declared;

import dev.sallyport.api.Connections.ConnectionWrite;
import dev.sallyport.api.Groups.NewGroup;
import dev.sallyport.api.Guardrails.GuardrailWrite;
import dev.sallyport.api.MaskingRules.MaskingRuleWrite;
import dev.sallyport.api.Rules.RuleWrite;
import dev.sallyport.api.Users.UserWrite;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the files declare. Of a noun that no file names nothing is said, and nothing is done to it.
final class Declaration {

    /// One declared thing: what to write, and where it stands.
    record One<W>(String name, W write, Place place, String path) {}

    /// Trusted CAs and who a certificate is.
    ///
    /// @param trustedCas lines of `.pub` files by fingerprint
    record Door(
            Optional<Map<String, String>> trustedCas,
            @Nullable String certAttr,
            @Nullable String userAttr,
            Place place) {}

    /// All of a noun, by name.
    static final class Noun<W> {

        private final Map<String, One<W>> all = new LinkedHashMap<>();
        private boolean named;

        /// Whether a file names the noun, if only to say that there is none.
        boolean named() {
            return named;
        }

        List<One<W>> all() {
            return new ArrayList<>(all.values());
        }

        boolean has(String name) {
            return all.containsKey(name);
        }

        void name() {
            named = true;
        }

        void add(One<W> one, Mistakes mistakes) {
            if (one.name().isEmpty()) {
                return;
            }
            var before = all.putIfAbsent(one.name(), one);
            if (before != null) {
                mistakes.add(one.place(), one.path(), "is declared already, at " + before.place() + ".");
            }
        }
    }

    final Noun<String> agents = new Noun<>();
    final Noun<NewGroup> groups = new Noun<>();
    final Noun<UserWrite> users = new Noun<>();
    final Noun<ConnectionWrite> connections = new Noun<>();
    final Noun<RuleWrite> rules = new Noun<>();
    final Noun<GuardrailWrite> guardrails = new Noun<>();
    final Noun<MaskingRuleWrite> maskingRules = new Noun<>();
    Optional<Door> door = Optional.empty();
}
