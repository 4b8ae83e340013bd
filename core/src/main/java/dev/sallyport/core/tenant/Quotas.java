package dev.sallyport.core.tenant;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/// How much of everything a tenant may have. Only the operator of the instance sets it.
///
/// A quota is looked at when something is made: one that is set below what is there takes nothing away.
///
/// @param most what has no entry has no quota
/// @param version 0 where no quota was ever set
public record Quotas(Map<Noun, Integer> most, long version) {

    /// The largest quota.
    public static final int LARGEST = 1_000_000;

    /// No quotas.
    public static final Quotas NONE = new Quotas(Map.of(), 0);

    /// What a quota is of.
    public enum Noun {
        USERS("users"),
        AGENTS("agents"),
        CONNECTIONS("connections"),
        RULES("access rules"),
        KEYS("API keys"),
        /// Live at once, on one edge.
        SESSIONS("sessions at once");

        private final String words;

        Noun(String words) {
            this.words = words;
        }

        /// For sentences.
        public String words() {
            return words;
        }
    }

    public Quotas {
        var copy = new EnumMap<Noun, Integer>(Noun.class);
        copy.putAll(most);
        copy.values().forEach(one -> {
            if (one < 0 || one > LARGEST) {
                throw new IllegalArgumentException("a quota is from 0 to " + LARGEST);
            }
        });
        most = Collections.unmodifiableMap(copy);
    }

    public Optional<Integer> of(Noun noun) {
        return Optional.ofNullable(most.get(noun));
    }
}
