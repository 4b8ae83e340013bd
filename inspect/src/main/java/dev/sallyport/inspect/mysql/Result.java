package dev.sallyport.inspect.mysql;

import dev.sallyport.inspect.database.Column;
import dev.sallyport.inspect.database.Masked;
import dev.sallyport.inspect.database.Masking;
import dev.sallyport.inspect.database.ResultMask;
import dev.sallyport.inspect.sql.ResultColumn;
import dev.sallyport.inspect.sql.SqlName;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// One result's columns, and the mask over its rows.
///
/// Rows are gone through where they lie; only one in which something is masked is written anew.
final class Result {

    /// Most columns of a result (`MAX_FIELDS`).
    static final int MOST_COLUMNS = 4_096;

    private static final int UNSIGNED = 1 << 5;

    private final Definition[] columns;
    private final boolean[] looked;
    private final ResultMask mask;
    private final boolean looks;

    /// Where the packet of a row that is written anew begins; -1 while nothing is masked in it.
    private int packet = -1;

    /// How far the row has been written anew, as a place in the row as it came.
    private int copied;

    private Result(Definition[] columns, ResultMask mask) {
        this.columns = columns;
        this.mask = mask;
        this.looked = new boolean[columns.length];
        boolean any = false;
        for (int i = 0; i < columns.length; i++) {
            looked[i] = mask.looksAt(i);
            any |= looked[i];
        }
        this.looks = any;
    }

    /// One column as the server describes it ("Protocol::ColumnDefinition41").
    record Definition(Column column, int type, boolean unsigned, Form form) {

        /// @param names what names are sent in
        /// @param results what texts are sent in; empty: each column in its own
        static Definition read(Body body, Charset names, Optional<String> results) throws Malformed {
            body.skipString();
            var schema = new String(body.string(), names);
            body.skipString();
            var table = new String(body.string(), names);
            var name = new String(body.string(), names);
            var origin = new String(body.string(), names);
            if (body.number() < 10) {
                throw new Malformed("a column whose description is cut off");
            }
            int collation = body.int16();
            body.skip(4);
            int type = body.int8();
            int flags = body.int16();
            // what the server computes itself has a table of its own making, which belongs to no schema
            boolean real = !schema.isEmpty() && !table.isEmpty() && !origin.isEmpty();
            var column = new Column(
                    name,
                    real ? Optional.of(SqlName.of(schema, table)) : Optional.empty(),
                    real ? Optional.of(origin) : Optional.empty(),
                    FieldType.value(type, collation));
            return new Definition(column, type, (flags & UNSIGNED) != 0, Form.of(collation, results));
        }
    }

    /// @param origins where the columns come from, by grammar; not used unless it is for these columns
    static Result of(List<Definition> columns, Masking masking, Optional<List<ResultColumn>> origins) {
        var described = new ArrayList<Column>(columns.size());
        columns.forEach(one -> described.add(one.column()));
        var fitting = origins.filter(list -> fits(list, described));
        return new Result(columns.toArray(Definition[]::new), masking.of(described, fitting));
    }

    private static boolean fits(List<ResultColumn> origins, List<Column> columns) {
        if (origins.size() != columns.size()) {
            return false;
        }
        for (int i = 0; i < columns.size(); i++) {
            var name = origins.get(i).name();
            if (!name.isEmpty()
                    && !name.toLowerCase(Locale.ROOT)
                            .equals(columns.get(i).name().toLowerCase(Locale.ROOT))) {
                return false;
            }
        }
        return true;
    }

    /// Whether any value is looked at; if not, rows pass as they are.
    boolean looks() {
        return looks;
    }

    Map<String, Long> counts() {
        return mask.counts();
    }

    /// Takes a row in text form ("Text Resultset Row").
    ///
    /// @param bytes the whole packet is from `from` to `to`, its head included
    /// @return length of the row's payload as it was sent on, in bytes
    int text(byte[] bytes, int from, int to, Outgoing out) throws Malformed {
        begin(from + Packet.HEAD);
        int at = copied;
        for (int i = 0; i < columns.length; i++) {
            int start = at;
            if (at >= to) {
                throw new Malformed("a row with fewer columns than were described");
            }
            int length = bytes[at] & 0xff;
            if (length == 0xfb) {
                at++;
                continue;
            }
            if (length < 0xfb) {
                at++;
                if (length > to - at) {
                    throw new Malformed("a length beyond the packet");
                }
            } else {
                var body = new Body(bytes, at, to);
                length = body.length();
                at = body.at();
            }
            if (looked[i]) {
                switch (columns[i].form().look(mask, i, bytes, at, at + length)) {
                    case Masked.Same() -> {
                        // stays where it is
                    }
                    case Masked.Text(var text) ->
                        instead(bytes, start, at + length, out).string(text);
                    case Masked.Null() ->
                        instead(bytes, start, at + length, out).int8(0xfb);
                }
            }
            at += length;
        }
        return end(bytes, from, at, to, out);
    }

    /// Takes a row in binary form ("Binary Protocol Resultset Row"): a zero, a bit for each value that is null, and
    /// the others.
    ///
    /// @param bytes the whole packet is from `from` to `to`, its head included
    /// @return length of the row's payload as it was sent on, in bytes
    int binary(byte[] bytes, int from, int to, Outgoing out) throws Malformed {
        begin(from + Packet.HEAD);
        int nulls = copied + 1;
        int at = nulls + (columns.length + 9) / 8;
        if (at > to) {
            throw new Malformed("a row that is cut off");
        }
        for (int i = 0; i < columns.length; i++) {
            if ((bytes[nulls + (i + 2) / 8] & 1 << (i + 2) % 8) != 0) {
                continue;
            }
            int start = at;
            var column = columns[i];
            boolean string = Values.isString(column.type());
            int length;
            if (string) {
                var body = new Body(bytes, at, to);
                length = body.length();
                if (length == Body.NULL) {
                    throw new Malformed("no value where one belongs");
                }
                at = body.at();
            } else {
                length = Values.length(column.type(), bytes, at, to);
            }
            int end = at + length;
            if (looked[i]) {
                var masked = string ? column.form().look(mask, i, bytes, at, end) : number(i, column, bytes, start);
                switch (masked) {
                    case Masked.Same() -> {
                        // stays where it is
                    }
                    case Masked.Text(var text) -> {
                        var made = instead(bytes, start, end, out);
                        if (string) {
                            made.string(text);
                        } else {
                            made.add(text);
                        }
                    }
                    case Masked.Null() -> {
                        var made = instead(bytes, start, end, out);
                        int place = packet + Packet.HEAD + 1 + (i + 2) / 8;
                        made.array()[place] |= (byte) (1 << (i + 2) % 8);
                    }
                }
            }
            at = end;
        }
        return end(bytes, from, at, to, out);
    }

    /// A value that is no string, by way of its text; what is masked is in binary form again.
    private Masked number(int i, Definition column, byte[] bytes, int at) {
        if (column.type() == FieldType.NULL) {
            return Masked.SAME;
        }
        var text = Values.text(column.type(), column.unsigned(), bytes, at);
        return switch (mask.value(i, text, 0, text.length)) {
            case Masked.Same same -> same;
            case Masked.Null none -> none;
            case Masked.Text(var changed) ->
                Values.binary(column.type(), column.unsigned(), changed)
                        .<Masked>map(Masked.Text::new)
                        .orElse(Masked.NULL);
        };
    }

    private void begin(int payload) {
        packet = -1;
        copied = payload;
    }

    /// Writes what stands before a value, in whose place something else is written.
    private Bytes instead(byte[] bytes, int start, int end, Outgoing out) {
        if (packet < 0) {
            packet = out.begin();
        }
        var made = out.bytes().add(bytes, copied, start);
        copied = end;
        return made;
    }

    private int end(byte[] bytes, int from, int at, int to, Outgoing out) throws Malformed {
        if (at != to) {
            throw new Malformed("a row that goes on after its end");
        }
        if (packet < 0) {
            out.packet(bytes, from, to);
            return to - from - Packet.HEAD;
        }
        out.bytes().add(bytes, copied, to);
        int length = out.bytes().length() - packet - Packet.HEAD;
        out.end(packet);
        return length;
    }
}
