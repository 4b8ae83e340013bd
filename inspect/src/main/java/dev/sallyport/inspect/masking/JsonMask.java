package dev.sallyport.inspect.masking;

import dev.sallyport.core.policy.MaskingStrategy;
import dev.sallyport.inspect.database.Column.ValueType;
import dev.sallyport.inspect.database.Masked;
import dev.sallyport.inspect.masking.Policy.Decision;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/// Masks strings and numbers inside JSON (RFC 8259) and leaves its form: by value, and by telling names of
/// members. What
/// is not JSON is refused.
///
/// For one thread at a time.
final class JsonMask {

    /// Deepest nesting that is read.
    static final int DEEPEST = 512;

    private final Policy policy;
    private final TextMask texts;
    private final ValueMask values;

    JsonMask(Policy policy, TextMask texts, ValueMask values) {
        this.policy = policy;
        this.texts = texts;
        this.values = values;
    }

    /// @param whole what becomes of all of it, if its column is masked
    /// @throws IllegalArgumentException if it is not JSON
    Masked mask(byte[] b, int from, int to, Optional<Decision> whole, Map<String, Long> counts) {
        if (whole.isPresent() && whole.get().strategy() instanceof MaskingStrategy.Null) {
            counts.merge(whole.get().label(), 1L, Long::sum);
            return Masked.NULL;
        }
        var walk = new Walk(b, from, to, counts);
        walk.value(whole, 0);
        walk.blanks();
        if (walk.at != to) {
            throw new IllegalArgumentException("not JSON");
        }
        return walk.changed ? new Masked.Text(walk.out.toByteArray()) : Masked.SAME;
    }

    private final class Walk {
        private final byte[] b;
        private final int to;
        private final Map<String, Long> counts;
        private final ByteArrayOutputStream out;
        private int at;
        private boolean changed;

        Walk(byte[] b, int from, int to, Map<String, Long> counts) {
            this.b = b;
            this.at = from;
            this.to = to;
            this.counts = counts;
            this.out = new ByteArrayOutputStream(to - from + 16);
        }

        void value(Optional<Decision> decision, int depth) {
            if (depth > DEEPEST) {
                throw new IllegalArgumentException("nested too deep");
            }
            blanks();
            switch (peek()) {
                case '{' -> {
                    take();
                    blanks();
                    if (peek() != '}') {
                        member(decision, depth);
                        while (peek() == ',') {
                            take();
                            blanks();
                            member(decision, depth);
                        }
                    }
                    expect('}');
                }
                case '[' -> {
                    take();
                    blanks();
                    if (peek() != ']') {
                        value(decision, depth + 1);
                        blanks();
                        while (peek() == ',') {
                            take();
                            value(decision, depth + 1);
                            blanks();
                        }
                    }
                    expect(']');
                }
                case '"' -> string(decision);
                case 't' -> word("true", decision);
                case 'f' -> word("false", decision);
                case 'n' -> word("null", Optional.empty());
                default -> number(decision);
            }
        }

        private void member(Optional<Decision> decision, int depth) {
            int start = at;
            var name = string(Optional.empty());
            blanks();
            expect(':');
            if (at <= start) {
                throw new IllegalArgumentException("not JSON");
            }
            var told = decision.isPresent() ? decision : policy.ofColumn(Optional.empty(), name);
            value(told, depth + 1);
            blanks();
        }

        private String string(Optional<Decision> decision) {
            int start = at;
            if (peek() != '"') {
                throw new IllegalArgumentException("not JSON");
            }
            at++;
            boolean escaped = false;
            while (at < to && b[at] != '"') {
                if (b[at] == '\\') {
                    escaped = true;
                    at++;
                }
                at++;
            }
            if (at >= to) {
                throw new IllegalArgumentException("not JSON");
            }
            at++;
            byte[] text = escaped ? unescaped(start + 1, at - 1) : null;
            byte[] in = text == null ? b : text;
            int from = text == null ? start + 1 : 0;
            int end = text == null ? at - 1 : text.length;
            if (decision.isPresent()) {
                if (decision.get().shows()) {
                    out.write(b, start, at - start);
                } else {
                    var how = decision.get();
                    boolean none = how.strategy() instanceof MaskingStrategy.Null;
                    mask(how, none ? null : values.part(how.strategy(), how.label(), how.type(), in, from, end));
                }
            } else {
                var outcome = texts.mask(in, from, end, counts);
                if (outcome.isEmpty()) {
                    out.write(b, start, at - start);
                } else {
                    changed = true;
                    quote(outcome.get().bytes());
                }
            }
            return new String(in, from, end - from, StandardCharsets.UTF_8);
        }

        private void mask(Decision how, byte @org.jspecify.annotations.Nullable [] masked) {
            changed = true;
            counts.merge(how.label(), 1L, Long::sum);
            if (masked == null) {
                out.writeBytes(ValueMask.ascii("null"));
            } else {
                quote(masked);
            }
        }

        private void number(Optional<Decision> decision) {
            int start = at;
            while (at < to && (Bytes.digit(b[at]) || "+-.eE".indexOf(b[at]) >= 0)) {
                at++;
            }
            if (at == start) {
                throw new IllegalArgumentException("not JSON");
            }
            if (decision.isPresent()) {
                whole(decision.get(), start);
                return;
            }
            var outcome = texts.mask(b, start, at, counts);
            if (outcome.isEmpty()) {
                out.write(b, start, at - start);
            } else {
                changed = true;
                number(outcome.get().bytes());
            }
        }

        /// A number that is masked stays one, if it can.
        private void number(byte[] masked) {
            boolean digits = masked.length > 0 && masked.length < 20 && (masked[0] != '0' || masked.length == 1);
            for (byte c : masked) {
                digits &= Bytes.digit(c);
            }
            out.writeBytes(digits ? masked : ValueMask.ascii("null"));
        }

        private void whole(Decision decision, int start) {
            switch (values.whole(
                    ValueType.NUMBER, decision.strategy(), decision.label(), decision.type(), b, start, at)) {
                case Masked.Same() -> out.write(b, start, at - start);
                case Masked.Null() -> mask(decision, null);
                case Masked.Text(byte[] bytes) -> {
                    changed = true;
                    counts.merge(decision.label(), 1L, Long::sum);
                    out.writeBytes(bytes);
                }
            }
        }

        private void word(String word, Optional<Decision> decision) {
            var bytes = ValueMask.ascii(word);
            if (!Bytes.is(b, at, to, bytes)) {
                throw new IllegalArgumentException("not JSON");
            }
            at += bytes.length;
            // a flag inside a masked column goes; one that merely has a telling name says nothing
            if (decision.isPresent()
                    && !decision.get().shows()
                    && decision.get().type().isEmpty()) {
                mask(decision.get(), null);
            } else {
                out.writeBytes(bytes);
            }
        }

        private void quote(byte[] text) {
            out.write('"');
            for (byte c : text) {
                switch (c) {
                    case '"', '\\' -> {
                        out.write('\\');
                        out.write(c);
                    }
                    case '\n' -> out.writeBytes(ValueMask.ascii("\\n"));
                    case '\r' -> out.writeBytes(ValueMask.ascii("\\r"));
                    case '\t' -> out.writeBytes(ValueMask.ascii("\\t"));
                    default -> {
                        if (c >= 0 && c < 0x20) {
                            out.writeBytes(ValueMask.ascii(String.format("\\u%04x", c)));
                        } else {
                            out.write(c);
                        }
                    }
                }
            }
            out.write('"');
        }

        private byte[] unescaped(int from, int end) {
            var text = new StringBuilder();
            var bytes = new ByteArrayOutputStream(end - from);
            int i = from;
            while (i < end) {
                if (b[i] != '\\') {
                    flush(text, bytes);
                    bytes.write(b[i++]);
                    continue;
                }
                if (i + 1 >= end) {
                    throw new IllegalArgumentException("not JSON");
                }
                switch (b[i + 1]) {
                    case 'n' -> text.append('\n');
                    case 'r' -> text.append('\r');
                    case 't' -> text.append('\t');
                    case 'b' -> text.append('\b');
                    case 'f' -> text.append('\f');
                    case '"', '\\', '/' -> text.append((char) b[i + 1]);
                    case 'u' -> {
                        if (i + 6 > end) {
                            throw new IllegalArgumentException("not JSON");
                        }
                        text.append((char) Integer.parseInt(new String(b, i + 2, 4, StandardCharsets.US_ASCII), 16));
                        i += 4;
                    }
                    default -> throw new IllegalArgumentException("not JSON");
                }
                i += 2;
            }
            flush(text, bytes);
            return bytes.toByteArray();
        }

        private static void flush(StringBuilder text, ByteArrayOutputStream bytes) {
            if (!text.isEmpty()) {
                bytes.writeBytes(text.toString().getBytes(StandardCharsets.UTF_8));
                text.setLength(0);
            }
        }

        void blanks() {
            while (at < to && (b[at] == ' ' || b[at] == '\n' || b[at] == '\t' || b[at] == '\r')) {
                out.write(b[at++]);
            }
        }

        private int peek() {
            if (at >= to) {
                throw new IllegalArgumentException("not JSON");
            }
            return b[at];
        }

        private void take() {
            out.write(b[at++]);
        }

        private void expect(char c) {
            if (peek() != c) {
                throw new IllegalArgumentException("not JSON");
            }
            take();
        }
    }
}
