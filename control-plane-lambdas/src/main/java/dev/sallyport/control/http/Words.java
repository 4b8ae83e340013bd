package dev.sallyport.control.http;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The constants of an enum as the API writes them: in lower case.
public final class Words {

    private Words() {}

    public static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    public static Optional<String> of(Optional<? extends Enum<?>> constant) {
        return constant.map(Words::of);
    }

    /// Each word with what it stands for.
    public static <E extends Enum<E>> Map<String, E> all(Class<E> type) {
        var words = new TreeMap<String, E>();
        for (var constant : type.getEnumConstants()) {
            words.put(of(constant), constant);
        }
        return words;
    }
}
