package dev.sallyport.inspect.masking;

import dev.sallyport.core.policy.EntityType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/// Postal addresses by their street, in the common forms of some languages. A guess, by nature.
///
/// - number, up to [#MOST_WORDS] words with a capital, a word for a street: `221 Baker Street`, `1600
/// Pennsylvania Ave`
/// - number, a word for a street, words: `12 rue de la Paix`
/// - a word that ends as streets do, number: `Hauptstraße 5`, `Kerkstraat 12b`
/// - a word for a street, up to [#MOST_WORDS] words, number: `Calle Mayor 10`, `Via Roma, 3`
final class Streets {

    /// Most words between a number and the word for a street.
    static final int MOST_WORDS = 4;

    /// Longest word of an address, in bytes.
    static final int LONGEST_WORD = 40;

    private static final Set<String> AFTER =
            words("street st avenue ave road rd boulevard blvd lane ln drive dr court ct "
                    + "way place pl square sq terrace ter close crescent cres highway hwy parkway pkwy circle cir trail trl "
                    + "gardens grove mews row");
    private static final Set<String> BEFORE = words("rue avenue boulevard place chemin impasse allée quai route cours "
            + "calle avenida paseo plaza camino via viale piazza corso vicolo rua travessa rambla ulica ul ulitsa");
    private static final byte[][] ENDS = Arrays.stream(
                    "straße strasse str. str weg platz allee gasse ring damm ufer straat laan plein gracht kade gatan vägen vej gade veien katu tie"
                            .split(" ", -1))
            .map(end -> end.getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);

    private final boolean enabled;

    Streets(Set<EntityType> types) {
        enabled = types.contains(EntityType.POSTAL_ADDRESS);
    }

    private static Set<String> words(String text) {
        return Arrays.stream(text.split(" ", -1)).collect(Collectors.toUnmodifiableSet());
    }

    boolean enabled() {
        return enabled;
    }

    /// Looks behind the number that stands from `start` to `end`, of at most five digits and perhaps a letter.
    void afterNumber(byte[] b, int from, int to, int start, int end, Findings found) {
        if (!Bytes.opensNumber(b, from, start) || end + 4 > to) {
            return;
        }
        int at = end;
        if (b[at] == ',') {
            at++;
        }
        if (at >= to || b[at] != ' ') {
            return;
        }
        at++;
        for (int word = 0; word <= MOST_WORDS; word++) {
            int wordEnd = wordEnd(b, to, at);
            if (wordEnd == at) {
                return;
            }
            var text = lower(b, at, wordEnd);
            if (word == 0 && BEFORE.contains(text)) {
                int name = namesEnd(b, to, wordEnd, true);
                if (name > wordEnd) {
                    found.add(EntityType.POSTAL_ADDRESS, start, name);
                    return;
                }
            }
            if (word > 0 && AFTER.contains(text)) {
                found.add(EntityType.POSTAL_ADDRESS, start, wordEnd);
                return;
            }
            boolean capital = Bytes.upper(b[at]) || b[at] < 0 || Bytes.digit(b[at]);
            if (!capital || wordEnd >= to || b[wordEnd] != ' ') {
                return;
            }
            at = wordEnd + 1;
        }
    }

    /// Looks at the word from `start` to `end`, after which come a blank and a digit.
    void beforeNumber(byte[] b, int from, int to, int start, int end, Findings found) {
        // the scanner's words end where a character of another script begins, as ß
        int first = start;
        int floor = Math.max(from, end - LONGEST_WORD);
        while (first > floor && (Bytes.letter(b[first - 1]) || b[first - 1] < 0 || b[first - 1] == '-')) {
            first--;
        }
        for (var tail : ENDS) {
            if (end - first > tail.length + 2
                    && Bytes.is(b, end - tail.length, end, tail)
                    && (Bytes.upper(b[first]) || b[first] < 0)) {
                found.add(EntityType.POSTAL_ADDRESS, first, numberEnd(b, to, end + 1));
                return;
            }
        }
    }

    /// Looks at the word from `start` to `end` as one for a street that comes first.
    void atWord(byte[] b, int to, int start, int end, Findings found) {
        if (end >= to || b[end] != ' ' || end - start > 9 || !BEFORE.contains(lower(b, start, end))) {
            return;
        }
        int name = namesEnd(b, to, end, false);
        if (name == end) {
            return;
        }
        int at = name;
        if (at < to && b[at] == ',') {
            at++;
        }
        if (at + 1 < to && b[at] == ' ' && Bytes.digit(b[at + 1])) {
            found.add(EntityType.POSTAL_ADDRESS, start, numberEnd(b, to, at + 1));
        }
    }

    private static int numberEnd(byte[] b, int to, int at) {
        int end = at;
        while (end < to && end - at < 6 && Bytes.alnum(b[end])) {
            end++;
        }
        return end;
    }

    /// The end of up to [#MOST_WORDS] words of a name, of which the last has a capital.
    private static int namesEnd(byte[] b, int to, int from, boolean any) {
        int end = from;
        int at = from;
        for (int word = 0; word < MOST_WORDS && at < to && b[at] == ' '; word++) {
            int wordEnd = wordEnd(b, to, at + 1);
            if (wordEnd == at + 1 || (!any && Bytes.digit(b[at + 1]))) {
                break;
            }
            if (Bytes.upper(b[at + 1]) || b[at + 1] < 0 || (wordEnd - at > 3 && b[at + 2] == '\'')) {
                end = wordEnd;
            } else if (wordEnd - at > 4) {
                break;
            }
            at = wordEnd;
        }
        return end;
    }

    /// Words of the scripts that write such addresses: two bytes a letter at most. A mark of another script ends one.
    private static int wordEnd(byte[] b, int to, int at) {
        int end = at;
        while (end < to && end - at < LONGEST_WORD && joins(b[end])) {
            end++;
        }
        return end;
    }

    private static boolean joins(byte b) {
        return Bytes.alnum(b) || (b < 0 && (b & 0xff) < 0xe0) || b == '\'' || b == '-';
    }

    private static String lower(byte[] b, int from, int to) {
        return new String(b, from, to - from, StandardCharsets.UTF_8).toLowerCase(java.util.Locale.ROOT);
    }
}
