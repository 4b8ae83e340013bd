package dev.sallyport.agent.link;

import java.util.regex.Pattern;

/// Where agents reach an edge: `HOST:PORT`, an IPv6 address in brackets.
public record EdgeDoor(String host, int port) {

    private static final Pattern FORM = Pattern.compile("([A-Za-z0-9.-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}]):([0-9]{1,5})");

    public EdgeDoor {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("a port is between 1 and 65535");
        }
    }

    /// @throws IllegalArgumentException when it is none; the message is a sentence
    public static EdgeDoor parse(String text) {
        var matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("an edge is HOST:PORT");
        }
        return new EdgeDoor(matcher.group(1), Integer.parseInt(matcher.group(2)));
    }

    /// The host without brackets.
    String bare() {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
