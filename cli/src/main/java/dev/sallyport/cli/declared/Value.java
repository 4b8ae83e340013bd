package dev.sallyport.cli.declared;

import java.util.List;
import java.util.Map;

/// What stands in a file, and where.
sealed interface Value {

    Place place();

    /// A text, a number or a word.
    ///
    /// @param plain whether it stands there without quotes
    record Text(String text, boolean plain, Place place) implements Value {}

    /// A list.
    record Items(List<Value> values, Place place) implements Value {}

    /// Names and values, in their order.
    record Fields(Map<String, Value> values, Place place) implements Value {}

    /// `null`, `~`, or a name with nothing after it.
    record Nothing(Place place) implements Value {}
}
