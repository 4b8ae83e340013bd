package dev.sallyport.store;

import java.util.List;
import java.util.Optional;

/// A part of a list.
///
/// @param items may be fewer than asked for, or none, with more to come all the same
/// @param cursor what continues the list; empty at its end
public record Page<T>(List<T> items, Optional<String> cursor) {

    /// Most items of a page.
    public static final int LARGEST = 500;

    public Page {
        items = List.copyOf(items);
    }
}
