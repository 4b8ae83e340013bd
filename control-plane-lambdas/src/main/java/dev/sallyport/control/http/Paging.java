package dev.sallyport.control.http;

import dev.sallyport.store.BadCursor;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Pages of a list that the store gives whole, because its length is bounded: in the order of a key, which is also
/// the cursor.
public final class Paging {

    /// A page.
    public record Page<T>(List<T> items, Optional<String> next) {}

    private Paging() {}

    /// The page that `request` asks for.
    public static <T> Page<T> of(List<T> all, Function<T, String> key, Request request) throws Declined {
        int limit = request.limit();
        var after = request.parameter("cursor").map(Paging::decoded);
        var items = new ArrayList<>(all);
        items.sort(Comparator.comparing(key));
        after.ifPresent(last -> items.removeIf(item -> key.apply(item).compareTo(last) <= 0));
        var page = List.copyOf(items.subList(0, Math.min(limit, items.size())));
        return new Page<>(
                page, items.size() > limit ? Optional.of(encoded(key.apply(page.getLast()))) : Optional.empty());
    }

    private static String encoded(String key) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(key.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static String decoded(String cursor) {
        try {
            return new String(Base64.getUrlDecoder().decode(cursor), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new BadCursor();
        }
    }
}
