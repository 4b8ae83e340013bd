package dev.sallyport.inspect.masking;

import dev.sallyport.core.policy.EntityType;
import java.util.Arrays;

/// What a scan found: types with their ranges. Kept and used again, so that a value without a finding costs nothing.
///
/// At most [#MOST] are told apart; with more, the last one covers the rest of the text.
final class Findings {

    /// Most findings in one text that are told apart.
    static final int MOST = 1 << 16;

    private static final EntityType[] TYPES = EntityType.values();

    private long[] ranges = new long[16];
    private int[] types = new int[16];
    private int size;

    void clear() {
        size = 0;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    @SuppressWarnings("EnumOrdinal") // the order of types is their rank, and nothing of it is stored
    void add(EntityType type, int start, int end) {
        if (size == MOST) {
            int from = Math.min(start, start(size - 1));
            ranges[size - 1] = pack(from, Integer.MAX_VALUE);
            return;
        }
        if (size == ranges.length) {
            ranges = Arrays.copyOf(ranges, size * 2);
            types = Arrays.copyOf(types, size * 2);
        }
        // by insertion: they come almost in order
        int at = size++;
        long range = pack(start, end);
        while (at > 0 && ranges[at - 1] > range && size - at < 64) {
            ranges[at] = ranges[at - 1];
            types[at] = types[at - 1];
            at--;
        }
        ranges[at] = range;
        types[at] = type.ordinal();
    }

    /// Makes of those that overlap one, which covers them all and is of the type that comes first.
    void merge() {
        if (size < 2) {
            return;
        }
        sort();
        int last = 0;
        for (int i = 1; i < size; i++) {
            if (start(i) < end(last)) {
                ranges[last] = pack(start(last), Math.max(end(last), end(i)));
                types[last] = Math.min(types[last], types[i]);
            } else {
                last++;
                ranges[last] = ranges[i];
                types[last] = types[i];
            }
        }
        size = last + 1;
    }

    private void sort() {
        for (int i = 1; i < size; i++) {
            if (ranges[i - 1] > ranges[i]) {
                sortAll();
                return;
            }
        }
    }

    private void sortAll() {
        var order = new Long[size];
        for (int i = 0; i < size; i++) {
            order[i] = (long) i;
        }
        Arrays.sort(order, (a, b) -> Long.compare(ranges[a.intValue()], ranges[b.intValue()]));
        var sortedRanges = new long[size];
        var sortedTypes = new int[size];
        for (int i = 0; i < size; i++) {
            sortedRanges[i] = ranges[order[i].intValue()];
            sortedTypes[i] = types[order[i].intValue()];
        }
        ranges = sortedRanges;
        types = sortedTypes;
    }

    EntityType type(int i) {
        return TYPES[types[i]];
    }

    int start(int i) {
        return (int) (ranges[i] >>> 32);
    }

    int end(int i) {
        return (int) ranges[i];
    }

    private static long pack(int start, int end) {
        return (long) start << 32 | end;
    }
}
