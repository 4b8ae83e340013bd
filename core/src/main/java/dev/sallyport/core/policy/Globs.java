package dev.sallyport.core.policy;

/// Names with `*` for any run of characters.
public final class Globs {

    private Globs() {}

    /// Matches without backtracking: linear in the text for each `*`.
    public static boolean matches(String glob, String text) {
        int star = glob.indexOf('*');
        if (star < 0) {
            return glob.equals(text);
        }
        if (!text.startsWith(glob.substring(0, star))) {
            return false;
        }
        int at = star;
        int from = star + 1;
        while (true) {
            int next = glob.indexOf('*', from);
            if (next < 0) {
                var last = glob.substring(from);
                return text.length() - at >= last.length() && text.endsWith(last);
            }
            var part = glob.substring(from, next);
            int found = text.indexOf(part, at);
            if (found < 0) {
                return false;
            }
            at = found + part.length();
            from = next + 1;
        }
    }
}
