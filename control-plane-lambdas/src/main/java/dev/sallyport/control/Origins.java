package dev.sallyport.control;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;

/// Origins of pages, as an operator writes them.
public final class Origins {

    /// Most origins that are named.
    public static final int MOST = 16;

    /// What browsers send: scheme, host in lower case, and a port that is not the scheme's own.
    private static final Pattern ORIGIN =
            Pattern.compile("(https?)://([a-z0-9.-]{1,253}|\\[[0-9a-f:.]{2,45}])(:[1-9][0-9]{0,4})?");

    private static final Set<String> OWN_PORTS = Set.of("https:443", "http:80");

    private Origins() {}

    /// Reads origins with commas between them.
    ///
    /// @throws IllegalArgumentException when one is none: a wildcard, `null`, one with a path, or in a form that
    ///     browsers do not send
    public static Set<String> parse(String text) {
        var origins = new LinkedHashSet<>(
                Arrays.stream(text.split(",", -1)).map(String::strip).toList());
        for (var origin : origins) {
            var parts = ORIGIN.matcher(origin);
            if (!parts.matches() || OWN_PORTS.contains(parts.group(1) + parts.group(3))) {
                throw new IllegalArgumentException(
                        "an origin is scheme, host and, where it is not the scheme's own, port: https://console.example.com");
            }
        }
        if (origins.size() > MOST) {
            throw new IllegalArgumentException("at most " + MOST + " origins");
        }
        return Set.copyOf(origins);
    }
}
