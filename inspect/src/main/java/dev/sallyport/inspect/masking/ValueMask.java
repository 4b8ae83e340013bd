package dev.sallyport.inspect.masking;

import dev.sallyport.core.policy.EntityType;
import dev.sallyport.core.policy.MaskingStrategy;
import dev.sallyport.core.policy.MaskingStrategy.Checksum;
import dev.sallyport.core.secret.Secret;
import dev.sallyport.inspect.database.Column.ValueType;
import dev.sallyport.inspect.database.Masked;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Makes of a value what a strategy leaves of it, valid for the type of its column. For one thread at a time.
final class ValueMask {

    /// How often a token is drawn anew until its check digits are as wanted; then it is one that is not valid.
    static final int MOST_DRAWS = 512;

    /// Most digits of a number that is given a token or a hash: what every integer of eight bytes can hold.
    static final int MOST_DIGITS = 18;

    private final Mac mac;
    private final Map<EntityType, Scanner> scanners = new EnumMap<>(EntityType.class);
    private final Findings found = new Findings();

    /// @param key what hashes and tokens hang on
    ValueMask(Secret key) {
        mac = key.reveal(bytes -> {
            try {
                var made = Mac.getInstance("HmacSHA256");
                made.init(new SecretKeySpec(bytes, "HmacSHA256"));
                return made;
            } catch (GeneralSecurityException e) {
                throw new IllegalArgumentException("masking needs a key", e);
            }
        });
    }

    /// A part of a text, or all of it.
    ///
    /// @param label what a redacted value is called
    /// @param type what it was found to be, if that is known
    byte[] part(MaskingStrategy strategy, String label, Optional<EntityType> type, byte[] b, int from, int to) {
        return switch (strategy) {
            case MaskingStrategy.Redact() -> ascii("[" + label + "]");
            case MaskingStrategy.Null() -> ascii("[" + label + "]");
            case MaskingStrategy.Partial(int kept) -> partial(kept, b, from, to);
            case MaskingStrategy.Hash() -> ascii(hash(b, from, to));
            case MaskingStrategy.Token(Checksum checksum) -> token(checksum, type, b, from, to);
            case MaskingStrategy.Truncate(int kept) -> truncated(kept, b, from, to);
            case MaskingStrategy.Show() -> Arrays.copyOfRange(b, from, to);
        };
    }

    /// A whole value of a column of this type; JSON is [JsonMask]'s.
    Masked whole(
            ValueType column,
            MaskingStrategy strategy,
            String label,
            Optional<EntityType> type,
            byte[] b,
            int from,
            int to) {
        if (strategy instanceof MaskingStrategy.Show) {
            return Masked.SAME;
        }
        if (strategy instanceof MaskingStrategy.Null) {
            return Masked.NULL;
        }
        return switch (column) {
            case TEXT, JSON -> new Masked.Text(part(strategy, label, type, b, from, to));
            case INTEGER, NUMBER -> number(strategy, b, from, to);
            case BOOLEAN, OTHER -> Masked.NULL;
            case TIME -> time(strategy, b, from, to);
            case UUID -> uuid(strategy, b, from, to);
            case BYTES -> {
                var masked =
                        strategy instanceof MaskingStrategy.Hash ? ascii(hash(b, from, to)) : ascii("[" + label + "]");
                yield new Masked.Text(hexadecimal(b, from, to) ? hex(masked) : masked);
            }
        };
    }

    /// Whether these bytes are PostgreSQL's `\x…`.
    static boolean hexadecimal(byte[] b, int from, int to) {
        return to - from >= 2 && b[from] == '\\' && b[from + 1] == 'x';
    }

    static byte[] hex(byte[] bytes) {
        return ascii("\\x" + HexFormat.of().formatHex(bytes));
    }

    private static byte[] partial(int kept, byte[] b, int from, int to) {
        int all = 0;
        for (int i = from; i < to; i++) {
            if (counts(b[i])) {
                all++;
            }
        }
        int hidden = all >= 2 * kept ? all - kept : all;
        boolean hiding = false;
        var out = new ByteArrayOutputStream(to - from);
        for (int i = from; i < to; i++) {
            boolean counted = counts(b[i]);
            if (counted) {
                hiding = hidden > 0;
                hidden--;
            }
            // of a character of several bytes the first is replaced, the others go
            if (counted && hiding) {
                out.write('*');
            } else if (!continues(b[i]) || !hiding) {
                out.write(b[i]);
            }
        }
        return out.toByteArray();
    }

    private static boolean counts(byte b) {
        return Bytes.alnum(b) || (b < 0 && !continues(b));
    }

    private static boolean continues(byte b) {
        return (b & 0xc0) == 0x80;
    }

    private static byte[] truncated(int kept, byte[] b, int from, int to) {
        int end = from;
        int characters = 0;
        while (end < to) {
            if (!continues(b[end]) && characters++ == kept) {
                break;
            }
            end++;
        }
        return Arrays.copyOfRange(b, from, end);
    }

    /// Blanks and hyphens do not count, nor does case: a number written in two ways has one hash.
    private String hash(byte[] b, int from, int to) {
        var canonical = new ByteArrayOutputStream(to - from + 5);
        canonical.writeBytes(ascii("hash:"));
        for (int i = from; i < to; i++) {
            if (b[i] != ' ' && b[i] != '-') {
                canonical.write(Bytes.upper(b[i]) ? b[i] + 32 : b[i]);
            }
        }
        return HexFormat.of().formatHex(mac.doFinal(canonical.toByteArray()), 0, 8);
    }

    private byte[] token(Checksum checksum, Optional<EntityType> type, byte[] b, int from, int to) {
        byte[] drawn = draw(0, b, from, to);
        byte[] unlike = drawn;
        for (int draw = 1; draw < MOST_DRAWS; draw++) {
            boolean same = Arrays.equals(drawn, 0, drawn.length, b, from, to);
            boolean real = type.isPresent() && real(type.get(), drawn);
            if (!same && (type.isEmpty() || real == (checksum == Checksum.VALID))) {
                return drawn;
            }
            if (!same && !real) {
                unlike = drawn;
            }
            drawn = draw(draw, b, from, to);
        }
        return Arrays.equals(unlike, 0, unlike.length, b, from, to) ? ascii("*".repeat(to - from)) : unlike;
    }

    private boolean real(EntityType type, byte[] text) {
        var scanner = scanners.computeIfAbsent(type, one -> new Scanner(EnumSet.of(one)));
        scanner.scan(text, 0, text.length, found);
        return !found.isEmpty();
    }

    private byte[] draw(int number, byte[] b, int from, int to) {
        var value = Arrays.copyOfRange(b, from, to);
        var out = new ByteArrayOutputStream(value.length);
        byte[] stream = {};
        int used = 0;
        int block = 0;
        for (byte c : value) {
            if (!counts(c)) {
                if (!continues(c)) {
                    out.write(c);
                }
                continue;
            }
            if (used == stream.length) {
                mac.update(ascii("token:" + number + ":" + block++ + ":"));
                stream = mac.doFinal(value);
                used = 0;
            }
            int random = stream[used++] & 0xff;
            out.write(Bytes.digit(c) ? '0' + random % 10 : Bytes.upper(c) ? 'A' + random % 26 : 'a' + random % 26);
        }
        return out.toByteArray();
    }

    private Masked number(MaskingStrategy strategy, byte[] b, int from, int to) {
        int digits = 0;
        boolean integer = true;
        for (int i = from; i < to; i++) {
            if (Bytes.digit(b[i])) {
                digits++;
            } else if (b[i] != '-' || i != from) {
                integer = false;
            }
        }
        if (!integer || digits == 0 || digits > 3 * MOST_DIGITS) {
            return Masked.NULL;
        }
        var text = new String(b, from, to - from, StandardCharsets.US_ASCII);
        return switch (strategy) {
            case MaskingStrategy.Redact() -> Masked.NULL;
            case MaskingStrategy.Null() -> Masked.NULL;
            case MaskingStrategy.Show() -> Masked.SAME;
            case MaskingStrategy.Partial(int kept) ->
                digits < 2 * kept || kept == 0 ? Masked.NULL : integer(text.substring(text.length() - kept));
            case MaskingStrategy.Truncate(int kept) ->
                kept == 0 || digits <= kept
                        ? Masked.NULL
                        : integer(text.substring(0, kept + (text.charAt(0) == '-' ? 1 : 0)));
            case MaskingStrategy.Hash() -> below(b, from, to, text, digits);
            case MaskingStrategy.Token(Checksum _) -> below(b, from, to, text, digits);
        };
    }

    private static Masked integer(String text) {
        return new Masked.Text(ascii(new BigInteger(text).toString()));
    }

    /// A number with as many digits, and smaller, so that it fits wherever the value did.
    private Masked below(byte[] b, int from, int to, String text, int digits) {
        var value = new BigInteger(text).abs();
        if (digits > MOST_DIGITS * 2 || value.signum() == 0) {
            return Masked.NULL;
        }
        var least = BigInteger.TEN.pow(digits - 1);
        if (least.compareTo(value) >= 0) {
            least = BigInteger.ZERO;
        }
        mac.update(ascii("number:"));
        mac.update(b, from, to - from);
        var drawn = new BigInteger(1, mac.doFinal()).mod(value.subtract(least)).add(least);
        return new Masked.Text(ascii(text.startsWith("-") && drawn.signum() > 0 ? "-" + drawn : drawn.toString()));
    }

    private static Masked time(MaskingStrategy strategy, byte[] b, int from, int to) {
        boolean year = strategy instanceof MaskingStrategy.Truncate
                && to - from >= 10
                && Bytes.digit(b[from])
                && Bytes.digit(b[from + 1])
                && Bytes.digit(b[from + 2])
                && Bytes.digit(b[from + 3])
                && b[from + 4] == '-'
                && b[from + 7] == '-';
        if (!year) {
            return Masked.NULL;
        }
        var text = new StringBuilder(new String(b, from, 4, StandardCharsets.US_ASCII)).append("-01-01");
        if (to - from > 10) {
            int zone = -1;
            for (int i = from + 11; i < to; i++) {
                byte c = b[i];
                if (zone < 0 && (c == '+' || c == '-' || c == 'Z' || c == ' ')) {
                    zone = i;
                }
                if (zone < 0) {
                    text.append(i == from + 11 ? (char) b[from + 10] + "0" : Bytes.digit(c) ? "0" : (char) c);
                }
            }
            if (zone >= 0) {
                text.append(new String(b, zone, to - zone, StandardCharsets.US_ASCII));
            }
        }
        return new Masked.Text(ascii(text.toString()));
    }

    private Masked uuid(MaskingStrategy strategy, byte[] b, int from, int to) {
        var zeros = "00000000-0000-0000-0000-000000000000";
        return switch (strategy) {
            case MaskingStrategy.Hash() -> keyedUuid(b, from, to);
            case MaskingStrategy.Token(Checksum _) -> keyedUuid(b, from, to);
            case MaskingStrategy.Partial(int kept) -> {
                int tail = Math.min(kept, 12);
                yield to - from == 36
                        ? new Masked.Text(ascii(zeros.substring(0, 36 - tail)
                                + new String(b, to - tail, tail, StandardCharsets.US_ASCII)))
                        : Masked.NULL;
            }
            case MaskingStrategy.Redact() -> new Masked.Text(ascii(zeros));
            case MaskingStrategy.Truncate(int _) -> new Masked.Text(ascii(zeros));
            case MaskingStrategy.Null() -> Masked.NULL;
            case MaskingStrategy.Show() -> Masked.SAME;
        };
    }

    private Masked keyedUuid(byte[] b, int from, int to) {
        mac.update(ascii("uuid:"));
        mac.update(b, from, to - from);
        var hex = HexFormat.of().formatHex(mac.doFinal(), 0, 16);
        // version 8 (RFC 9562): made by whom it concerns
        return new Masked.Text(ascii(hex.substring(0, 8) + "-" + hex.substring(8, 12) + "-8" + hex.substring(13, 16)
                + "-8" + hex.substring(17, 20) + "-" + hex.substring(20)));
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
