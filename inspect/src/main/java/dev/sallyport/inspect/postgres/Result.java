package dev.sallyport.inspect.postgres;

import dev.sallyport.inspect.database.Column;
import dev.sallyport.inspect.database.Masked;
import dev.sallyport.inspect.database.Masking;
import dev.sallyport.inspect.database.ResultMask;
import dev.sallyport.inspect.postgres.Body.Malformed;
import dev.sallyport.inspect.sql.ResultColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One result's columns ("Message Formats": RowDescription), and the mask over its rows (DataRow).
final class Result {

    /// Most columns of a result (`MaxTupleAttributeNumber`).
    static final int MOST_COLUMNS = 1_664;

    /// Most elements of an array that is looked at; a larger one is withheld.
    private static final int MOST_ELEMENTS = 1_000_000;

    private static final byte[] NOTHING = new byte[0];

    private final int[] types;
    private final boolean[] binary;
    private final ResultMask mask;
    private final boolean looks;

    private Result(int[] types, boolean[] binary, ResultMask mask) {
        this.types = types;
        this.binary = binary;
        this.mask = mask;
        boolean any = false;
        for (int i = 0; i < types.length; i++) {
            any |= mask.looksAt(i);
        }
        this.looks = any;
    }

    /// Reads a RowDescription.
    static Result described(Body body, Masking masking, Optional<List<ResultColumn>> origins) throws Malformed {
        int count = body.int16();
        if (count > MOST_COLUMNS) {
            throw new Malformed("a result with more columns than there can be");
        }
        var types = new int[count];
        var binary = new boolean[count];
        var columns = new ArrayList<Column>();
        for (int i = 0; i < count; i++) {
            var name = body.text();
            body.skip(6);
            types[i] = body.int32();
            body.skip(6);
            binary[i] = body.int16() == 1;
            int looked = Values.element(types[i]).orElse(types[i]);
            columns.add(new Column(name, Optional.empty(), Optional.empty(), Values.type(looked)));
        }
        if (body.left() != 0) {
            throw new Malformed("a description that goes on after its end");
        }
        var names = columns.stream().map(Column::name).toList();
        var fitting = origins.flatMap(all -> ResultColumn.beside(all, names));
        return new Result(types, binary, masking.of(columns, fitting));
    }

    /// Whether any value is looked at; if not, rows pass as they are.
    boolean looks() {
        return looks;
    }

    Map<String, Long> counts() {
        return mask.counts();
    }

    /// Writes a DataRow with what is masked in it.
    ///
    /// @param bytes the whole message is from `from` to `to`, its head included
    void row(byte[] bytes, int from, int to, Bytes out) throws Malformed {
        var body = new Body(bytes, from + 5, to);
        int count = body.int16();
        if (count != types.length) {
            throw new Malformed("a row with other columns than were described");
        }
        int at = out.begin('D');
        out.int16(count);
        for (int i = 0; i < count; i++) {
            int length = body.int32();
            if (length == -1) {
                out.int32(-1);
                continue;
            }
            int start = body.at();
            body.skip(length);
            if (!mask.looksAt(i)) {
                out.int32(length).add(bytes, start, start + length);
            } else if (binary[i]) {
                binaryValue(i, bytes, start, start + length, out);
            } else {
                value(text(i, bytes, start, start + length), bytes, start, start + length, out);
            }
        }
        if (body.left() != 0) {
            throw new Malformed("a row that goes on after its end");
        }
        out.end(at);
    }

    private static void value(Masked masked, byte[] bytes, int from, int to, Bytes out) {
        switch (masked) {
            case Masked.Same() -> out.int32(to - from).add(bytes, from, to);
            case Masked.Text(var text) -> out.int32(text.length).add(text);
            case Masked.Null() -> out.int32(-1);
        }
    }

    /// What becomes of a value in text form; of an array, element by element as in binary form.
    private Masked text(int column, byte[] bytes, int from, int to) {
        return Values.element(types[column]).isPresent()
                ? TextArray.mask(
                        bytes, from, to, MOST_ELEMENTS, element -> mask.value(column, element, 0, element.length))
                : mask.value(column, bytes, from, to);
    }

    private void binaryValue(int column, byte[] bytes, int from, int to, Bytes out) throws Malformed {
        var element = Values.element(types[column]);
        if (element.isPresent()) {
            array(column, element.get(), bytes, from, to, out);
            return;
        }
        var masked = binary(column, types[column], java.util.Arrays.copyOfRange(bytes, from, to));
        value(masked, bytes, from, to, out);
    }

    /// What becomes of a value in binary form, in binary form. Of a type that is not understood it is withheld.
    private Masked binary(int column, int type, byte[] value) {
        var text = Values.text(type, value);
        if (text.isEmpty()) {
            return Masked.NULL;
        }
        return switch (mask.value(column, text.get(), 0, text.get().length)) {
            case Masked.Same same -> same;
            case Masked.Null none -> none;
            case Masked.Text(var changed) ->
                Values.binary(type, changed).<Masked>map(Masked.Text::new).orElse(Masked.NULL);
        };
    }

    /// An array in binary form (`array_send`): dimensions, whether there are nulls, the elements' type, for each
    /// dimension
    /// its length and lower bound, and the elements.
    private void array(int column, int element, byte[] bytes, int from, int to, Bytes out) throws Malformed {
        var body = new Body(bytes, from, to);
        int dimensions = body.int32();
        int flags = body.int32();
        int type = body.int32();
        if (dimensions < 0 || dimensions > 6 || type != element) {
            out.int32(-1);
            return;
        }
        var made = new Bytes();
        made.int32(dimensions).int32(flags).int32(type);
        long count = dimensions == 0 ? 0 : 1;
        for (int i = 0; i < dimensions; i++) {
            int length = body.int32();
            made.int32(length).int32(body.int32());
            count *= Math.max(0, length);
        }
        if (count > MOST_ELEMENTS) {
            out.int32(-1);
            return;
        }
        boolean nulls = flags != 0;
        for (long i = 0; i < count; i++) {
            int length = body.int32();
            if (length == -1) {
                made.int32(-1);
                continue;
            }
            int start = body.at();
            body.skip(length);
            var masked = binary(column, element, java.util.Arrays.copyOfRange(bytes, start, start + length));
            nulls |= masked instanceof Masked.Null;
            value(masked, bytes, start, start + length, made);
        }
        var whole = made.copy();
        whole[7] = (byte) (nulls ? 1 : 0);
        out.int32(whole.length).add(whole.length == 0 ? NOTHING : whole);
    }
}
