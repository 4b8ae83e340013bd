package dev.sallyport.agent;

import dev.sallyport.core.recording.export.Json;
import java.util.Locale;

/// One thing that [Doctor] looked at.
///
/// @param what it found, in a few words
/// @param next what to do about it; empty when there is nothing to do
record Finding(Level level, String what, String next) {

    /// How bad it is: an agent with a `FAIL` does not do what it was set up for.
    enum Level {
        OK,
        WARN,
        FAIL
    }

    static Finding ok(String what) {
        return new Finding(Level.OK, what, "");
    }

    static Finding warn(String what, String next) {
        return new Finding(Level.WARN, what, next);
    }

    static Finding fail(String what, String next) {
        return new Finding(Level.FAIL, what, next);
    }

    String line() {
        return "%-4s  %s%s".formatted(word(), what, next.isEmpty() ? "" : " — " + next);
    }

    String json() {
        return "{\"level\":%s,\"what\":%s,\"next\":%s}"
                .formatted(Json.quoted(word()), Json.quoted(what), Json.quoted(next));
    }

    private String word() {
        return level.name().toLowerCase(Locale.ROOT);
    }
}
