package dev.sallyport.inspect.masking;

import dev.sallyport.core.policy.EntityType;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/// Finds sensitive values in a text of UTF-8 in one pass: words and some single bytes are triggers, and what they may
/// begin is looked at in full only there.
///
/// What is found is the union of what each type finds by itself; overlaps become one (see [Findings#merge]). What may
/// stand beside a value: for a word, no letter or digit of ASCII; for a number, besides, no digit behind `-`, `.` or
/// `/`;
/// for a token no byte of its own alphabet. The letter of an escape as `\n` is no letter. Bytes of other scripts
/// never
/// join.
///
/// Linear in the text: each look is bounded by the longest value of its kind, or goes on where it ended. For one
/// thread
/// at a time.
final class Scanner {

    private static final Set<String> COUNTRIES = Set.copyOf(Arrays.asList(Locale.getISOCountries()));

    private final NumberTrie numbers;
    private final WordForms words;
    private final TokenForms tokens;
    private final Secrets secrets;
    private final Contacts contacts;
    private final Networks networks;
    private final Streets streets;
    private final Wallets wallets;
    private final boolean banks;
    private final byte[] digits = new byte[NumberForm.LONGEST];

    Scanner(Set<EntityType> types) {
        var wanted = types.isEmpty() ? EnumSet.noneOf(EntityType.class) : EnumSet.copyOf(types);
        numbers = new NumberTrie(wanted);
        words = new WordForms(wanted);
        tokens = new TokenForms(wanted);
        secrets = new Secrets(wanted);
        contacts = new Contacts(wanted);
        networks = new Networks(wanted);
        streets = new Streets(wanted);
        wallets = new Wallets(wanted);
        banks = wanted.contains(EntityType.SWIFT_BIC);
    }

    /// Adds what is found between `from` and `to`, merged. What was in `found` is gone.
    void scan(byte[] b, int from, int to, Findings found) {
        found.clear();
        int keyEnd = from;
        int hashEnd = from;
        int pairEnd = from;
        int i = from;
        while (i < to) {
            int c = Bytes.classOf(b[i]);
            if ((c & Bytes.ALNUM) != 0) {
                int start = i;
                int bits = 0;
                do {
                    bits |= c;
                    i++;
                } while (i < to && ((c = Bytes.classOf(b[i])) & Bytes.ALNUM) != 0);
                if (bits == Bytes.DIGIT) {
                    number(b, from, to, start, i, found);
                } else {
                    word(b, from, to, start, i, bits, found);
                }
                continue;
            }
            switch (b[i]) {
                case '@' -> contacts.email(b, from, to, i, found);
                case ':' -> {
                    if (i >= pairEnd) {
                        pairEnd = secrets.pair(b, from, to, i, found);
                    }
                    if (i + 1 < to) {
                        if (b[i + 1] == '/') {
                            secrets.urlPassword(b, to, i, found);
                        } else if (b[i + 1] == ':') {
                            networks.ipv6(b, from, to, i, found);
                        }
                    }
                }
                case '=' -> {
                    if (i >= pairEnd) {
                        pairEnd = secrets.pair(b, from, to, i, found);
                    }
                }
                case '\'' -> {
                    if (i >= pairEnd) {
                        pairEnd = secrets.quoted(b, from, to, i, found);
                    }
                }
                case '+' -> contacts.international(b, from, to, i, found);
                case '(' -> contacts.parenthesised(b, to, i, found);
                case '$' -> {
                    if (i >= hashEnd) {
                        hashEnd = secrets.passwordHash(b, to, i, found);
                    }
                }
                case '-' -> {
                    if (i >= keyEnd && i + 1 < to && b[i + 1] == '-') {
                        keyEnd = secrets.privateKey(b, to, i, found);
                    }
                }
                case '\\' -> {
                    if (i + 1 < to && Bytes.escapes(b[i + 1])) {
                        i++;
                    }
                }
                default -> {}
            }
            i++;
        }
        found.merge();
    }

    private void number(byte[] b, int from, int to, int start, int end, Findings found) {
        int length = end - start;
        numbers.find(b, from, to, start, end, digits, found);
        if (end >= to) {
            return;
        }
        int next = b[end];
        if (next == '.') {
            if (length <= 3) {
                networks.ipv4(b, from, to, start, found);
            }
        } else if (next == '-' || next == '+') {
            if (length == 6) {
                words.afterSix(b, from, to, start, found);
            } else if (length == 8) {
                words.afterEight(b, from, to, start, found);
            } else if (length == 2) {
                networks.mac(b, from, to, start, found);
            }
        } else if (next == ':') {
            hexadecimal(b, from, to, start, length, found);
        } else if ((next == ' ' || next == ',') && length <= 5 && streets.enabled()) {
            streets.afterNumber(b, from, to, start, end, found);
        }
    }

    private void hexadecimal(byte[] b, int from, int to, int start, int length, Findings found) {
        if (length == 2) {
            networks.mac(b, from, to, start, found);
        }
        if (length <= 4) {
            networks.ipv6(b, from, to, start, found);
        }
    }

    private void word(byte[] b, int from, int to, int start, int end, int bits, Findings found) {
        int length = end - start;
        int next = end < to ? b[end] : 0;
        if (next == '_' || next == '-' || next == '.' || length >= 20) {
            tokens.find(b, from, to, start, found);
        }
        if (b[start] == 'e' && length >= 3 && b[start + 1] == 'y' && b[start + 2] == 'J') {
            secrets.jwt(b, from, to, start, found);
        }
        if ((bits & Bytes.DIGIT) != 0) {
            words.find(b, from, to, start, end, found);
            if (length >= 14) {
                wallets.find(b, start, end, found);
            }
            if (next == ' ' && length <= 6 && Bytes.digit(b[start]) && streets.enabled()) {
                streets.afterNumber(b, from, to, start, end, found);
            }
        }
        if (next == ' ') {
            if (length == 5 || length == 6) {
                secrets.bearer(b, to, start, end, found);
            }
            if (streets.enabled() && (bits & Bytes.DIGIT) == 0) {
                if (end + 1 < to && Bytes.digit(b[end + 1])) {
                    streets.beforeNumber(b, from, to, start, end, found);
                }
                streets.atWord(b, to, start, end, found);
            }
        } else if ((next == ':' || next == '-') && length <= 4) {
            hexadecimal(b, from, to, start, length, found);
        }
        if (length <= 9 && length > 1 && Bytes.upper(b[start]) && Bytes.upper(b[start + 1])) {
            words.insurance(b, to, start, found);
        }
        if (banks && (length == 8 || length == 11)) {
            bank(b, from, start, end, found);
        }
    }

    /// ISO 9362: four letters, a country, two or five more.
    private static void bank(byte[] b, int from, int start, int end, Findings found) {
        for (int i = start; i < end; i++) {
            if (!Bytes.upper(b[i]) && !(i >= start + 6 && Bytes.digit(b[i]))) {
                return;
            }
        }
        if (COUNTRIES.contains("" + (char) b[start + 4] + (char) b[start + 5])
                && ContextWords.before(EntityType.SWIFT_BIC, b, from, start)) {
            found.add(EntityType.SWIFT_BIC, start, end);
        }
    }
}
