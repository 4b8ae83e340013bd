package dev.sallyport.inspect.sql.mysql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The tables and queries that stand in a `from`, without the joins and parentheses between them.
final class Sources {

    private Sources() {}

    static List<Query.From> of(List<Query.From> from) {
        var all = new ArrayList<Query.From>();
        from.forEach(each -> add(each, all));
        return all;
    }

    static List<Query.From> of(Query.From from) {
        return of(List.of(from));
    }

    private static void add(Query.From from, List<Query.From> all) {
        switch (from) {
            case Query.Named _, Query.Derived _, Query.Made _ -> all.add(from);
            case Query.Several(var inner) -> inner.forEach(each -> add(each, all));
            case Query.Join join -> {
                add(join.left(), all);
                add(join.right(), all);
            }
        }
    }

    /// The name by which columns are qualified, in lower case; empty where there is none.
    static String alias(Query.From from) {
        var alias = switch (from) {
            case Query.Named named -> named.alias().or(() -> Optional.of(named.written()));
            case Query.Derived derived -> derived.alias();
            case Query.Made made -> made.alias();
            case Query.Several _, Query.Join _ -> Optional.<String>empty();
        };
        return alias.orElse("").toLowerCase(Locale.ROOT);
    }
}
