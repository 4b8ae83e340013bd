package dev.sallyport.cli.output;

import dev.sallyport.core.text.Escaped;

/// JSON that does nothing to a terminal: what [Escaped] would spell out is a `u` escape of JSON, so that it
/// stays the same JSON.
final class HarmlessJson {

    private HarmlessJson() {}

    /// Line feeds stay.
    static String of(String json) {
        if (json.chars().allMatch(character -> character == '\n' || (character >= ' ' && character < 0x7f))) {
            return json;
        }
        var safe = new StringBuilder(json.length() + 16);
        json.codePoints().forEach(point -> {
            var text = Character.toString(point);
            if (point == '\n' || Escaped.of(text).equals(text)) {
                safe.append(text);
            } else {
                text.chars().forEach(unit -> safe.append("\\u%04x".formatted(unit)));
            }
        });
        return safe.toString();
    }
}
