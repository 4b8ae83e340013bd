package dev.sallyport.store;

import java.util.LinkedHashMap;
import java.util.Map;

/// Items that are only keys: written once by each process, ahead of what they point to, so that lists need not
/// look where nothing is.
final class Noted {

    private final Tables tables;
    private final Map<String, Boolean> known;

    /// @param most keys that this process remembers to have written; what it forgets it writes again
    Noted(Tables tables, int most) {
        this.tables = tables;
        this.known = new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                return size() > most;
            }
        };
    }

    /// The item is there when this returns.
    void note(String partition, String sort) {
        var key = partition + " " + sort;
        synchronized (known) {
            if (known.containsKey(key)) {
                return;
            }
        }
        tables.put(Table.LIVE, Item.of(partition, sort), Condition.none());
        synchronized (known) {
            known.put(key, true);
        }
    }
}
