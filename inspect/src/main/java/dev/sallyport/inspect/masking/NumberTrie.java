package dev.sallyport.inspect.masking;

import dev.sallyport.core.policy.EntityType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The forms of numbers as a table that is walked group by group: at most [#MOST_GROUPS] steps from each number.
final class NumberTrie {

    /// Most groups that a form has.
    static final int MOST_GROUPS = 8;

    private static final String SEPARATORS = " -./+";
    private static final int LENGTHS = NumberForm.LONGEST + 1;
    private static final int WIDTH = (SEPARATORS.length() + 1) * LENGTHS;
    private static final NumberForm[] NONE = {};

    private final List<short[]> next = new ArrayList<>();
    private final List<List<NumberForm>> forms = new ArrayList<>();
    private final short[] table;
    private final NumberForm[][] ending;

    NumberTrie(Set<EntityType> types) {
        state();
        for (var form : NumberForms.all()) {
            if (types.contains(form.type())) {
                insert(form);
            }
        }
        table = new short[next.size() * WIDTH];
        ending = new NumberForm[next.size()][];
        for (int i = 0; i < next.size(); i++) {
            System.arraycopy(next.get(i), 0, table, i * WIDTH, WIDTH);
            ending[i] = forms.get(i).toArray(NONE);
        }
    }

    private int state() {
        next.add(new short[WIDTH]);
        forms.add(new ArrayList<>());
        return next.size() - 1;
    }

    private void insert(NumberForm form) {
        int state = 0;
        int separator = 0;
        int at = 0;
        var shape = form.shape();
        while (at < shape.length()) {
            int end = at;
            while (end < shape.length() && Character.isDigit(shape.charAt(end))) {
                end++;
            }
            int code = separator * LENGTHS + Integer.parseInt(shape.substring(at, end));
            if (next.get(state)[code] == 0) {
                int made = state();
                next.get(state)[code] = (short) made;
            }
            state = next.get(state)[code];
            if (end < shape.length()) {
                separator = SEPARATORS.indexOf(shape.charAt(end)) + 1;
            }
            at = end + 1;
        }
        forms.get(state).add(form);
    }

    /// Adds each number that begins at `start`, where a word of digits only stands that ends at `end`.
    void find(byte[] b, int from, int to, int start, int end, byte[] digits, Findings found) {
        int state = 0;
        int separator = 0;
        int n = 0;
        int at = start;
        int wordEnd = end;
        while (true) {
            int length = wordEnd - at;
            if (length > NumberForm.LONGEST - n) {
                return;
            }
            state = table[state * WIDTH + separator * LENGTHS + length];
            if (state == 0) {
                return;
            }
            while (at < wordEnd) {
                digits[n++] = (byte) (b[at++] - '0');
            }
            var endings = ending[state];
            if (endings.length > 0 && Bytes.opensNumber(b, from, start) && Bytes.closesNumber(b, at, to)) {
                for (var form : endings) {
                    if (form.check().valid(digits, n)
                            && (!form.context() || ContextWords.before(form.type(), b, from, start))) {
                        found.add(form.type(), start, at);
                    }
                }
            }
            if (at + 1 >= to || !Bytes.digit(b[at + 1])) {
                return;
            }
            separator = separator(b[at]);
            if (separator == 0) {
                return;
            }
            at++;
            wordEnd = at;
            while (wordEnd < to && wordEnd - at <= NumberForm.LONGEST && Bytes.digit(b[wordEnd])) {
                wordEnd++;
            }
        }
    }

    private static int separator(byte b) {
        return switch (b) {
            case ' ' -> 1;
            case '-' -> 2;
            case '.' -> 3;
            case '/' -> 4;
            case '+' -> 5;
            default -> 0;
        };
    }
}
