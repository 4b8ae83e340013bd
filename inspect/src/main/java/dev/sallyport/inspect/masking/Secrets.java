package dev.sallyport.inspect.masking;

import dev.sallyport.core.policy.EntityType;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/// Secrets that are told by what stands around them: keys in PEM, hashes of passwords, passwords in addresses,
/// `name =
/// secret` pairs, tokens after `Bearer`, JSON Web Tokens.
final class Secrets {

    /// Longest secret of a pair and longest password in an address, in bytes.
    static final int LONGEST_VALUE = 256;

    /// Longest name in front of a pair's `=` or `:`, in bytes.
    static final int LONGEST_NAME = 40;

    private static final byte[] BEGIN = ascii("-----BEGIN ");
    private static final byte[] END = ascii("-----END ");
    private static final byte[] PRIVATE_KEY = ascii("PRIVATE KEY");
    private static final byte[] DASHES = ascii("-----");
    private static final int LONGEST_LABEL = 40;

    private static final String[] HASHES = {
        "$argon2id$", "$argon2i$", "$argon2d$", "$scrypt$", "$pbkdf2", "$1$", "$5$", "$6$", "$7$", "$y$"
    };
    private static final byte[][] HASH_HEADS = new byte[HASHES.length][];

    static {
        for (int i = 0; i < HASHES.length; i++) {
            HASH_HEADS[i] = ascii(HASHES[i]);
        }
    }

    /// Names whose value is a secret, by their end, without `_` and `-`.
    private static final String[] NAMES = {
        "password",
        "passwd",
        "pwd",
        "passphrase",
        "passwort",
        "secret",
        "token",
        "apikey",
        "accesskey",
        "secretkey",
        "privatekey",
        "credential",
        "credentials"
    };
    private static final byte[][] NAME_ENDS = new byte[NAMES.length][];
    private static final byte[] ACCOUNT_KEY = ascii("accountkey");
    private static final byte[] SHARED_ACCESS_KEY = ascii("sharedaccesskey");
    private static final byte[] SECRET_ACCESS_KEY = ascii("secretaccesskey");
    private static final byte[] PASSWORD = ascii("password");
    private static final byte[] IDENTIFIED_BY = ascii("identified by");

    static {
        for (int i = 0; i < NAMES.length; i++) {
            NAME_ENDS[i] = ascii(NAMES[i]);
        }
    }

    private final boolean keys;
    private final boolean hashes;
    private final boolean addresses;
    private final boolean pairs;
    private final boolean awsSecrets;
    private final boolean azureKeys;
    private final boolean bearers;
    private final boolean jwts;

    Secrets(Set<EntityType> types) {
        keys = types.contains(EntityType.PRIVATE_KEY);
        hashes = types.contains(EntityType.PASSWORD_HASH);
        addresses = types.contains(EntityType.URL_PASSWORD);
        pairs = types.contains(EntityType.PASSWORD);
        awsSecrets = types.contains(EntityType.AWS_SECRET_KEY);
        azureKeys = types.contains(EntityType.AZURE_KEY);
        bearers = types.contains(EntityType.BEARER_TOKEN);
        jwts = types.contains(EntityType.JWT);
    }

    /// A private key in PEM (RFC 7468) at `at`; without its last line it ends with the text. Returns where it
    /// ends, or
    /// `at`.
    int privateKey(byte[] b, int to, int at, Findings found) {
        if (!keys || !Bytes.is(b, at, to, BEGIN)) {
            return at;
        }
        int label = at + BEGIN.length;
        int labelEnd = label;
        while (labelEnd < to && labelEnd - label <= LONGEST_LABEL && (Bytes.alnum(b[labelEnd]) || b[labelEnd] == ' ')) {
            labelEnd++;
        }
        boolean secret = false;
        for (int i = label; i < labelEnd; i++) {
            secret |= Bytes.is(b, i, labelEnd, PRIVATE_KEY);
        }
        if (!secret || !Bytes.is(b, labelEnd, to, DASHES)) {
            return at;
        }
        int end = to;
        for (int i = labelEnd + DASHES.length; i < to; i++) {
            if (b[i] == '-' && Bytes.is(b, i, to, END)) {
                int close = i + END.length;
                while (close < to && close - i <= END.length + LONGEST_LABEL && !Bytes.is(b, close, to, DASHES)) {
                    close++;
                }
                end = Math.min(to, close + DASHES.length);
                break;
            }
        }
        found.add(EntityType.PRIVATE_KEY, at, end);
        return end;
    }

    /// A hash of a password in the modular crypt format at `at`, which is a `$`. Returns where it ends, or `at`.
    int passwordHash(byte[] b, int to, int at, Findings found) {
        if (!hashes || at + 20 > to) {
            return at;
        }
        if (b[at + 1] == '2') {
            int head = b[at + 2] == '$' ? 3 : 4;
            int end = at + head + 3 + 53;
            if (end > to
                    || b[at + head - 1] != '$'
                    || (head == 4 && "abxy".indexOf(b[at + 2]) < 0)
                    || !Bytes.digit(b[at + head])
                    || !Bytes.digit(b[at + head + 1])
                    || b[at + head + 2] != '$') {
                return at;
            }
            for (int i = at + head + 3; i < end; i++) {
                if (!Bytes.alnum(b[i]) && b[i] != '.' && b[i] != '/') {
                    return at;
                }
            }
            found.add(EntityType.PASSWORD_HASH, at, end);
            return end;
        }
        for (var head : HASH_HEADS) {
            if (Bytes.is(b, at, to, head)) {
                int end = at + head.length;
                while (end < to && (Bytes.alnum(b[end]) || "./$=,+-".indexOf(b[end]) >= 0)) {
                    end++;
                }
                if (end - at - head.length >= 20) {
                    found.add(EntityType.PASSWORD_HASH, at, end);
                    return end;
                }
                return at;
            }
        }
        return at;
    }

    /// `://user:password@` with its colon at `at`.
    void urlPassword(byte[] b, int to, int at, Findings found) {
        if (!addresses || at + 3 >= to || b[at + 1] != '/' || b[at + 2] != '/') {
            return;
        }
        int i = at + 3;
        int colon = -1;
        int limit = Math.min(to, i + 2 * LONGEST_VALUE);
        while (i < limit
                && b[i] != '@'
                && (b[i] > ' ' || b[i] < 0)
                && b[i] != '/'
                && b[i] != '"'
                && b[i] != '\''
                && b[i] != '<') {
            if (b[i] == ':' && colon < 0) {
                colon = i;
            }
            i++;
        }
        if (colon >= 0 && i < limit && b[i] == '@' && i > colon + 1) {
            found.add(EntityType.URL_PASSWORD, colon + 1, i);
        }
    }

    /// `name = secret`, `name: secret`, `"name": "secret"` with its `=` or `:` at `at`. Returns where the
    /// secret ends,
    /// or `at`.
    int pair(byte[] b, int from, int to, int at, Findings found) {
        if (!pairs && !awsSecrets && !azureKeys) {
            return at;
        }
        int nameEnd = at;
        if (nameEnd > from && b[nameEnd - 1] == ' ') {
            nameEnd--;
        }
        if (nameEnd > from && (b[nameEnd - 1] == '"' || b[nameEnd - 1] == '\'')) {
            nameEnd--;
            if (nameEnd > from && b[nameEnd - 1] == '\\') {
                nameEnd--;
            }
        }
        if (nameEnd - 3 < from || !Bytes.letter(b[nameEnd - 1])) {
            return at;
        }
        var type = nameType(b, from, nameEnd);
        return type == null ? at : value(b, to, at + 1, at, type, found);
    }

    /// `password 'secret'` and `identified by 'secret'`, as SQL has it, with the quote at `at`. Returns where the
    /// secret ends, or `at`.
    int quoted(byte[] b, int from, int to, int at, Findings found) {
        if (!pairs || at - 1 < from || b[at - 1] != ' ') {
            return at;
        }
        int end = at - 1;
        if (endsWith(b, from, end, PASSWORD) || endsWith(b, from, end, IDENTIFIED_BY)) {
            return value(b, to, at, at, EntityType.PASSWORD, found);
        }
        return at;
    }

    private int value(byte[] b, int to, int after, int at, EntityType type, Findings found) {
        int start = after;
        int blanks = 0;
        while (start < to && b[start] == ' ' && blanks < 2) {
            start++;
            blanks++;
        }
        int quote = 0;
        if (start + 1 < to && b[start] == '\\' && b[start + 1] == '"') {
            start++;
        }
        if (start < to && (b[start] == '"' || b[start] == '\'')) {
            quote = b[start];
            start++;
        }
        int end = start;
        int limit = Math.min(to, start + LONGEST_VALUE);
        if (quote != 0) {
            while (end < limit && b[end] != quote && b[end] != '\n') {
                end++;
            }
            if (quote == '"' && end > start && b[end - 1] == '\\') {
                end--;
            }
        } else {
            while (end < limit && (b[end] > ' ' || b[end] < 0) && "&;,\"'<>)}]|".indexOf(b[end]) < 0) {
                end++;
            }
        }
        if (end - start < 4 || "*[<{$(%".indexOf(b[start]) >= 0) {
            return at;
        }
        if (type != EntityType.PASSWORD) {
            type = end - start >= 20 ? type : EntityType.PASSWORD;
        } else if (quote == 0 && b[at] == ':' && blanks > 0 && wordOnly(b, start, end)) {
            // prose: "Password: required"
            return at;
        }
        if (type == EntityType.PASSWORD && !pairs) {
            return at;
        }
        found.add(type, start, end);
        return end;
    }

    private static boolean wordOnly(byte[] b, int start, int end) {
        for (int i = start; i < end; i++) {
            if (!Bytes.lower(b[i]) && b[i] != '.') {
                return false;
            }
        }
        return true;
    }

    private @org.jspecify.annotations.Nullable EntityType nameType(byte[] b, int from, int end) {
        int last = b[end - 1] | 0x20;
        // each name ends with one of d e l n s t y
        if (last != 'd' && last != 'e' && last != 'l' && last != 'n' && last != 's' && last != 't' && last != 'y') {
            return null;
        }
        if (azureKeys && (endsWith(b, from, end, ACCOUNT_KEY) || endsWith(b, from, end, SHARED_ACCESS_KEY))) {
            return EntityType.AZURE_KEY;
        }
        if (awsSecrets && endsWith(b, from, end, SECRET_ACCESS_KEY)) {
            return EntityType.AWS_SECRET_KEY;
        }
        for (var name : NAME_ENDS) {
            if (endsWith(b, from, end, name)) {
                return EntityType.PASSWORD;
            }
        }
        return null;
    }

    /// Whether what ends at `end` is `word`, in any case and with any `_` and `-` within.
    private static boolean endsWith(byte[] b, int from, int end, byte[] word) {
        int i = end - 1;
        int floor = Math.max(from, end - LONGEST_NAME);
        for (int j = word.length - 1; j >= 0; j--) {
            while (i >= floor && (b[i] == '_' || b[i] == '-') && word[j] != b[i]) {
                i--;
            }
            if (i < floor || (Bytes.upper(b[i]) ? b[i] + 32 : b[i]) != word[j]) {
                return false;
            }
            i--;
        }
        return true;
    }

    /// `Bearer TOKEN` (RFC 6750) and `Basic TOKEN` (RFC 7617), the word ending at `end`.
    void bearer(byte[] b, int to, int start, int end, Findings found) {
        if (!bearers || end + 17 > to || b[end] != ' ') {
            return;
        }
        int first = b[start] | 0x20;
        boolean fits = first == 'b'
                && ((end - start == 6 && same(b, start, "bearer")) || (end - start == 5 && same(b, start, "basic")));
        if (!fits) {
            return;
        }
        int i = end + 1;
        while (i < to && (Bytes.alnum(b[i]) || "-._~+/=".indexOf(b[i]) >= 0)) {
            i++;
        }
        if (i - end - 1 >= 16) {
            found.add(EntityType.BEARER_TOKEN, end + 1, i);
        }
    }

    private static boolean same(byte[] b, int start, String word) {
        for (int i = 0; i < word.length(); i++) {
            if ((b[start + i] | 0x20) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /// A JSON Web Token (RFC 7519) of three to five parts at `start`, where a word begins with `eyJ`.
    void jwt(byte[] b, int from, int to, int start, Findings found) {
        if (!jwts
                || start + 8 > to
                || (start > from
                        && (b[start - 1] == '-' || b[start - 1] == '_')
                        && !Bytes.escaped(b, from, start - 1))) {
            return;
        }
        int at = run(b, start, to);
        if (at - start < 8) {
            return;
        }
        int dots = 0;
        while (dots < 4 && at < to && b[at] == '.') {
            int next = run(b, at + 1, to);
            if (dots == 0 && next - at < 6) {
                return;
            }
            dots++;
            at = next;
        }
        if (dots >= 2) {
            found.add(EntityType.JWT, start, at);
        }
    }

    private static int run(byte[] b, int at, int to) {
        int end = at;
        while (end < to && (Bytes.alnum(b[end]) || b[end] == '_' || b[end] == '-')) {
            end++;
        }
        return end;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
