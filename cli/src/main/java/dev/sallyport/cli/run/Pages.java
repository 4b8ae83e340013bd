package dev.sallyport.cli.run;

import dev.sallyport.api.Refused;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Lists of the API, page after page.
public final class Pages {

    /// Most items that a list without a limit of its own shows.
    public static final int MOST = 10_000;

    /// Asks for one page.
    @FunctionalInterface
    public interface Source<T> {
        One<T> after(@Nullable String cursor) throws IOException, Refused;
    }

    /// One page.
    public record One<T>(List<T> items, @Nullable String next) {}

    private Pages() {}

    /// What the user gave as `--limit`, if it is one.
    public static int limit(int given) throws Failure {
        if (given < 1 || given > MOST) {
            throw Failure.usage("--limit takes a number from 1 to " + MOST + ".");
        }
        return given;
    }

    /// Everything, up to [#MOST].
    public static <T> List<T> all(Source<T> source) throws IOException, Refused {
        return first(MOST, source);
    }

    /// The first `limit` items.
    public static <T> List<T> first(int limit, Source<T> source) throws IOException, Refused {
        var items = new ArrayList<T>();
        String cursor = null;
        do {
            var page = source.after(cursor);
            items.addAll(page.items());
            cursor = page.next();
        } while (cursor != null && items.size() < limit);
        return List.copyOf(items.subList(0, Math.min(limit, items.size())));
    }
}
