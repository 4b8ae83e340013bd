package dev.sallyport.inspect.masking;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Masks by value in what a terminal or a command prints. **A guess, not a barrier**: a program can print a value
/// in any
/// order, in any encoding, by moving the cursor; what is printed plainly, in one line, is masked.
///
/// Looks at whole lines: a line is held until it ends, until [#flush], or until [#LONGEST_HELD] bytes of it are
/// there, of
/// which the first half is then let go (never the first part of a value that was found). So where the stream is
/// cut does
/// not matter; where the caller flushes does, since a value that is flushed in two halves is not found. A private
/// key in
/// PEM is withheld from its first line to its last.
///
/// Looks through escape sequences (CSI, OSC and others of ECMA-48), a character that a backspace takes back, and the
/// blank and carriage return by which a line editor wraps. Where a value is replaced, the sequences inside follow it.
///
/// Fails closed: an error withholds the line. For one thread at a time.
public final class StreamMask {

    /// Most bytes that are held, of one line. A value of more than half of it may be missed in a line that is longer.
    public static final int LONGEST_HELD = 16 * 1024;

    private static final byte[] WITHHELD = ValueMask.ascii("[" + RuleMasking.WITHHELD + "]");
    private static final byte[] BEGIN = ValueMask.ascii("-----BEGIN ");
    private static final byte[] END = ValueMask.ascii("-----END ");
    private static final byte[] PRIVATE_KEY = ValueMask.ascii("PRIVATE KEY");

    private enum Sequence {
        NONE,
        ESCAPE,
        CSI,
        STRING,
        STRING_ESCAPE
    }

    private final TextMask texts;
    private final Map<String, Long> counts = new HashMap<>();

    /// what is held, as it came
    private final byte[] raw = new byte[LONGEST_HELD];

    private int held;

    /// what of it is seen, and where in `raw` each byte is
    private final byte[] seen = new byte[LONGEST_HELD];

    private final int[] places = new int[LONGEST_HELD];
    private int length;
    private Sequence sequence = Sequence.NONE;
    private boolean withinKey;

    StreamMask(TextMask texts) {
        this.texts = texts;
    }

    /// Takes bytes of the stream and returns what may be shown now.
    public byte[] feed(byte[] b, int from, int to) {
        var out = new ByteArrayOutputStream(to - from);
        for (int i = from; i < to; i++) {
            take(b[i]);
            if (b[i] == '\n' && sequence == Sequence.NONE) {
                release(held, out);
            } else if (held == LONGEST_HELD) {
                release(LONGEST_HELD / 2, out);
            }
        }
        return out.toByteArray();
    }

    /// Returns all that is held: the caller has waited long enough for the end of the line, or the stream has ended.
    public byte[] flush() {
        var out = new ByteArrayOutputStream(held);
        release(held, out);
        return out.toByteArray();
    }

    /// Whether anything is held that [#flush] would return.
    public boolean holds() {
        return held > 0;
    }

    /// How many values were masked, by entity type or rule.
    public Map<String, Long> counts() {
        return Map.copyOf(counts);
    }

    private void take(byte b) {
        raw[held++] = b;
        boolean visible = sequence == Sequence.NONE && b != 0x1b;
        sequence = next(b);
        if (!visible) {
            return;
        }
        if (b == '\b') {
            length = Math.max(0, length - 1);
        } else if (b == '\r' && length > 0 && seen[length - 1] == ' ') {
            length--;
        } else if (b < 0 || b >= ' ' || b == '\n' || b == '\t' || b == '\r') {
            seen[length] = b;
            places[length++] = held - 1;
        }
    }

    private Sequence next(byte b) {
        return switch (sequence) {
            case NONE -> b == 0x1b ? Sequence.ESCAPE : Sequence.NONE;
            case ESCAPE ->
                switch (b) {
                    case '[' -> Sequence.CSI;
                    case ']', 'P', 'X', '^', '_' -> Sequence.STRING;
                    case 0x1b -> Sequence.ESCAPE;
                    // intermediate bytes, as in ESC ( B
                    default -> b >= 0x20 && b <= 0x2f ? Sequence.ESCAPE : Sequence.NONE;
                };
            case CSI ->
                // a control character breaks it off, so that a line cannot hide in one
                b == 0x1b ? Sequence.ESCAPE : b >= 0x40 || (b < 0x20 && b >= 0) ? Sequence.NONE : Sequence.CSI;
            case STRING ->
                switch (b) {
                    case 0x07, '\n' -> Sequence.NONE;
                    case 0x1b -> Sequence.STRING_ESCAPE;
                    default -> Sequence.STRING;
                };
            case STRING_ESCAPE -> b == '\\' ? Sequence.NONE : next(Sequence.ESCAPE, b);
        };
    }

    private Sequence next(Sequence from, byte b) {
        sequence = from;
        return next(b);
    }

    /// Lets go of the first `end` bytes that are held, or of fewer if a value reaches beyond.
    private void release(int end, ByteArrayOutputStream out) {
        int let = end;
        try {
            let = masked(end, out);
        } catch (RuntimeException | StackOverflowError e) {
            counts.merge(RuleMasking.WITHHELD, 1L, Long::sum);
            out.writeBytes(WITHHELD);
            if (end > 0 && raw[end - 1] == '\n') {
                out.write('\n');
            }
        }
        drop(let);
    }

    private int masked(int end, ByteArrayOutputStream out) {
        if (withheldKey(end, out)) {
            return end;
        }
        int let = end;
        int at = 0;
        var mask = new ByteArrayOutputStream();
        for (var range : texts.find(seen, 0, length)) {
            if (range.decision().shows()) {
                continue;
            }
            int first = places[range.start()];
            int last = places[Math.min(range.end(), length) - 1] + 1;
            if (first >= let) {
                break;
            }
            if (last > let && let < held && first > 0) {
                // the rest of it may be still to come
                let = first;
                break;
            }
            let = Math.max(let, last);
            mask.write(raw, at, first - at);
            mask.writeBytes(texts.replaced(range, seen, length));
            invisible(first, last, range.start(), Math.min(range.end(), length), mask);
            at = last;
            counts.merge(range.decision().label(), 1L, Long::sum);
        }
        mask.write(raw, at, Math.max(0, let - at));
        out.writeBytes(mask.toByteArray());
        return let;
    }

    /// The bytes between `first` and `last` that are not seen: colours and the like.
    private void invisible(int first, int last, int from, int to, ByteArrayOutputStream out) {
        int next = from;
        boolean inSequence = false;
        for (int i = first; i < last; i++) {
            if (next < to && places[next] == i) {
                next++;
                inSequence = false;
                continue;
            }
            // of what was taken back nothing is shown: only sequences follow
            inSequence |= raw[i] == 0x1b;
            if (inSequence) {
                out.write(raw[i]);
            }
        }
    }

    /// Whether this is of a private key, which is withheld as long as it lasts.
    private boolean withheldKey(int end, ByteArrayOutputStream out) {
        int begin = indexOf(BEGIN, 0);
        boolean begins = begin >= 0 && indexOf(PRIVATE_KEY, begin) >= 0 && texts.masksKeys();
        if (!withinKey && !begins) {
            return false;
        }
        boolean ends = indexOf(END, Math.max(0, begin)) >= 0;
        if (begins && ends && begin < indexOf(END, 0)) {
            // all of it in one line: found by value
            return false;
        }
        if (!withinKey) {
            counts.merge("private-key", 1L, Long::sum);
            out.write(raw, 0, places[begin]);
            out.writeBytes(ValueMask.ascii("[private-key]"));
        }
        withinKey = !ends;
        if (end > 0 && raw[end - 1] == '\n' && (ends || begins)) {
            out.write('\n');
        }
        return true;
    }

    private int indexOf(byte[] word, int from) {
        for (int i = from; i + word.length <= length; i++) {
            if (Bytes.is(seen, i, length, word)) {
                return i;
            }
        }
        return -1;
    }

    private void drop(int count) {
        System.arraycopy(raw, count, raw, 0, held - count);
        held -= count;
        int kept = 0;
        for (int i = 0; i < length; i++) {
            if (places[i] >= count) {
                seen[kept] = seen[i];
                places[kept++] = places[i] - count;
            }
        }
        Arrays.fill(raw, held, Math.min(LONGEST_HELD, held + count), (byte) 0);
        length = kept;
    }
}
