package dev.sallyport.inspect.masking;

import static dev.sallyport.inspect.masking.CheckDigits.date;
import static dev.sallyport.inspect.masking.CheckDigits.weightedFrom;

import dev.sallyport.core.policy.EntityType;
import java.util.Set;

/// Numbers of identity that have letters in them, at the start of a word: each look is bounded by the longest of
/// them,
/// the 34 letters of an IBAN with its blanks.
final class WordForms {

    private static final String DNI = "TRWAGMYFPDXBNJZSQVHLCKE";
    private static final String HETU = "0123456789ABCDEFHJKLMNPRSTUVWXY";
    private static final String PPS = "WABCDEFGHIJKLMNOPQRSTUV";
    private static final String CARD_LETTERS = "CFGHJKLMNPRTVWXYZ";
    private static final String TAIWAN = "ABCDEFGHJKLMNPQRSTUVXYWZIO";
    private static final int[] ODD = {
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23
    };

    private final Set<EntityType> types;

    WordForms(Set<EntityType> types) {
        this.types = types;
    }

    /// Looks at the word of letters and digits at `start`, which ends at `end`.
    void find(byte[] b, int from, int to, int start, int end, Findings found) {
        int length = end - start;
        boolean digitFirst = Bytes.digit(b[start]);
        if (digitFirst) {
            if (length >= 8 && length <= 11) {
                digitFirst(b, from, to, start, end, found);
            } else if (length == 18) {
                residentId(b, start, end, found);
            }
        } else {
            switch (length) {
                case 8 -> add(EntityType.ES_NIE, b, start, nieDashed(b, start, end, to), to, found);
                case 9 -> {
                    add(EntityType.ES_NIE, b, start, nie(b, start, end) ? end : -1, to, found);
                    add(EntityType.SG_NRIC, b, start, nric(b, start) ? end : -1, to, found);
                }
                case 10 -> {
                    add(EntityType.IN_PAN, b, start, pan(b, start) ? end : -1, to, found);
                    add(EntityType.TW_ID, b, start, taiwan(b, start) ? end : -1, to, found);
                    told(EntityType.DE_PERSONALAUSWEIS, b, from, start, end, identityCard(b, start), found);
                }
                case 16 -> add(EntityType.IT_CODICE_FISCALE, b, start, codiceFiscale(b, start) ? end : -1, to, found);
                case 18 -> add(EntityType.MX_CURP, b, start, curp(b, start) ? end : -1, to, found);
                default -> {}
            }
            add(EntityType.IBAN, b, start, iban(b, start, to), to, found);
        }
        if (length >= 7 && length <= 9) {
            told(EntityType.PASSPORT, b, from, start, end, Bytes.upper(b[start]) && digits(b, start, end) >= 6, found);
        }
        if (length >= 7 && length <= 18) {
            told(EntityType.DRIVING_LICENCE, b, from, start, end, digits(b, start, end) >= 4, found);
        }
    }

    /// Looks at a word of six digits, after which comes more.
    void afterSix(byte[] b, int from, int to, int start, Findings found) {
        if (types.contains(EntityType.FI_HETU)
                && start + 11 <= to
                && (b[start + 6] == '-' || b[start + 6] == '+')
                && Bytes.opensNumber(b, from, start)
                && Bytes.closes(b, start + 11, to)
                && hetu(b, start)) {
            found.add(EntityType.FI_HETU, start, start + 11);
        }
    }

    /// Looks at a word of eight digits, after which comes a hyphen and perhaps a letter.
    void afterEight(byte[] b, int from, int to, int start, Findings found) {
        if (types.contains(EntityType.ES_DNI)
                && start + 10 <= to
                && b[start + 8] == '-'
                && Bytes.opensNumber(b, from, start)
                && Bytes.closes(b, start + 10, to)
                && dniLetter(b, start, 8, 0, b[start + 9])) {
            found.add(EntityType.ES_DNI, start, start + 10);
        }
    }

    /// Looks at a word that begins with two capitals, as a British insurance number does.
    void insurance(byte[] b, int to, int start, Findings found) {
        if (types.contains(EntityType.UK_NINO)) {
            int end = nino(b, start, to);
            if (end > 0 && Bytes.closes(b, end, to)) {
                found.add(EntityType.UK_NINO, start, end);
            }
        }
    }

    private void add(EntityType type, byte[] b, int start, int end, int to, Findings found) {
        if (end > start && types.contains(type) && Bytes.closes(b, end, to)) {
            found.add(type, start, end);
        }
    }

    private void told(EntityType type, byte[] b, int from, int start, int end, boolean form, Findings found) {
        if (form && types.contains(type) && ContextWords.before(type, b, from, start)) {
            found.add(type, start, end);
        }
    }

    private void digitFirst(byte[] b, int from, int to, int start, int end, Findings found) {
        if (!Bytes.opensNumber(b, from, start)) {
            return;
        }
        int length = end - start;
        if (length == 9) {
            add(
                    EntityType.ES_DNI,
                    b,
                    start,
                    allDigits(b, start, start + 8) && dniLetter(b, start, 8, 0, b[start + 8]) ? end : -1,
                    to,
                    found);
        }
        if (length == 8 || length == 9) {
            add(EntityType.IE_PPS, b, start, pps(b, start, length) ? end : -1, to, found);
        }
        if (length == 11) {
            add(EntityType.FI_HETU, b, start, hetu(b, start) ? end : -1, to, found);
        }
    }

    private void residentId(byte[] b, int start, int end, Findings found) {
        if (types.contains(EntityType.CN_RESIDENT_ID)
                && (b[end - 1] | 0x20) == 'x'
                && allDigits(b, start, end - 1)
                && NumberForms.residentId(values(b, start, 17), 10)) {
            found.add(EntityType.CN_RESIDENT_ID, start, end);
        }
    }

    private static byte[] values(byte[] b, int start, int n) {
        var values = new byte[n];
        for (int i = 0; i < n; i++) {
            values[i] = (byte) (b[start + i] - '0');
        }
        return values;
    }

    private static boolean allDigits(byte[] b, int start, int end) {
        for (int i = start; i < end; i++) {
            if (!Bytes.digit(b[i])) {
                return false;
            }
        }
        return true;
    }

    private static int digits(byte[] b, int start, int end) {
        int count = 0;
        for (int i = start; i < end; i++) {
            if (Bytes.digit(b[i])) {
                count++;
            }
        }
        return count;
    }

    static boolean dniLetter(byte[] b, int start, int n, long head, byte letter) {
        long number = head;
        for (int i = 0; i < n; i++) {
            if (!Bytes.digit(b[start + i])) {
                return false;
            }
            number = number * 10 + b[start + i] - '0';
        }
        return DNI.charAt((int) (number % 23)) == Bytes.toUpper(letter);
    }

    static boolean nie(byte[] b, int start, int end) {
        int head = "XYZ".indexOf(Bytes.toUpper(b[start]));
        return head >= 0 && dniLetter(b, start + 1, 7, head, b[end - 1]);
    }

    /// `X1234567-L`: returns where it ends, or -1.
    private static int nieDashed(byte[] b, int start, int end, int to) {
        int head = "XYZ".indexOf(Bytes.toUpper(b[start]));
        return head >= 0 && end + 2 <= to && b[end] == '-' && dniLetter(b, start + 1, 7, head, b[end + 1])
                ? end + 2
                : -1;
    }

    /// Two capitals, three pairs of digits, A to D; a blank may stand between them.
    private static int nino(byte[] b, int start, int to) {
        int first = b[start];
        int second = start + 1 < to ? b[start + 1] : 0;
        if ("ABCEGHJKLMNOPRSTWXYZ".indexOf(first) < 0
                || "ABCEGHJKLMNPRSTWXYZ".indexOf(second) < 0
                || "BG GB KN NK NT TN ZZ".contains("" + (char) first + (char) second)) {
            return -1;
        }
        int at = start + 2;
        for (int pair = 0; pair < 3; pair++) {
            if (at < to && b[at] == ' ') {
                at++;
            }
            if (at + 2 > to || !allDigits(b, at, at + 2)) {
                return -1;
            }
            at += 2;
        }
        if (at < to && b[at] == ' ') {
            at++;
        }
        return at < to && b[at] >= 'A' && b[at] <= 'D' ? at + 1 : -1;
    }

    static boolean nric(byte[] b, int start) {
        int head = Bytes.toUpper(b[start]);
        if ("STFGM".indexOf(head) < 0 || !allDigits(b, start + 1, start + 8)) {
            return false;
        }
        int sum = weightedFrom(values(b, start + 1, 7), 0, 2, 7, 6, 5, 4, 3, 2)
                + (head == 'T' || head == 'G' ? 4 : head == 'M' ? 3 : 0);
        var letters = head == 'S' || head == 'T' ? "JZIHGFEDCBA" : head == 'M' ? "KLJNPQRTUWX" : "XWUTRQPNMLK";
        int rest = sum % 11;
        return letters.charAt(head == 'M' ? 10 - rest : rest) == Bytes.toUpper(b[start + 8]);
    }

    static boolean pan(byte[] b, int start) {
        for (int i = 0; i < 5; i++) {
            if (!Bytes.upper(b[start + i])) {
                return false;
            }
        }
        return "PCHFATBLJG".indexOf(b[start + 3]) >= 0
                && allDigits(b, start + 5, start + 9)
                && Bytes.upper(b[start + 9]);
    }

    static boolean taiwan(byte[] b, int start) {
        int head = TAIWAN.indexOf(b[start]) + 10;
        if (head < 10 || !allDigits(b, start + 1, start + 10) || (b[start + 1] != '1' && b[start + 1] != '2')) {
            return false;
        }
        int sum = head / 10 + head % 10 * 9;
        return (sum + weightedFrom(values(b, start + 1, 9), 0, 8, 7, 6, 5, 4, 3, 2, 1, 1)) % 10 == 0;
    }

    /// ICAO 9303: weights 7, 3, 1; letters count from 10.
    static boolean identityCard(byte[] b, int start) {
        int sum = 0;
        for (int i = 0; i < 9; i++) {
            int c = b[start + i];
            int value = Bytes.digit(b[start + i]) ? c - '0' : CARD_LETTERS.indexOf(c) >= 0 ? c - 'A' + 10 : -1;
            if (value < 0) {
                return false;
            }
            sum += value * (i % 3 == 0 ? 7 : i % 3 == 1 ? 3 : 1);
        }
        return CARD_LETTERS.indexOf(b[start]) >= 0 && b[start + 9] - '0' == sum % 10;
    }

    static boolean codiceFiscale(byte[] b, int start) {
        int sum = 0;
        for (int i = 0; i < 15; i++) {
            int c = Bytes.toUpper(b[start + i]);
            boolean digit = c >= '0' && c <= '9';
            boolean letterPlace = i < 6 || i == 8 || i == 11;
            // digits may be replaced by letters where two persons would have the same code
            if (letterPlace ? digit : !digit && "LMNPQRSTUV".indexOf(c) < 0) {
                return false;
            }
            int value = digit ? c - '0' : c - 'A';
            sum += i % 2 == 0 ? ODD[value] : value;
        }
        return Bytes.toUpper(b[start + 15]) == 'A' + sum % 26;
    }

    static boolean curp(byte[] b, int start) {
        int sum = 0;
        for (int i = 0; i < 17; i++) {
            int c = Bytes.toUpper(b[start + i]);
            boolean digit = c >= '0' && c <= '9';
            boolean digitPlace = i >= 4 && i < 10;
            if (digit != digitPlace && i != 16) {
                return false;
            }
            // the alphabet has an Ñ after N
            sum += (digit ? c - '0' : c - 'A' + 10 + (c > 'N' ? 1 : 0)) * (18 - i);
        }
        int sex = Bytes.toUpper(b[start + 10]);
        return (sex == 'H' || sex == 'M' || sex == 'X')
                && date(
                        (b[start + 6] - '0') * 10L + b[start + 7] - '0',
                        (b[start + 8] - '0') * 10L + b[start + 9] - '0')
                && b[start + 17] - '0' == (10 - sum % 10) % 10;
    }

    static boolean pps(byte[] b, int start, int length) {
        if (!allDigits(b, start, start + 7) || !Bytes.upper(b[start + 7])) {
            return false;
        }
        int sum = weightedFrom(values(b, start, 7), 0, 8, 7, 6, 5, 4, 3, 2);
        if (length == 9) {
            int second = b[start + 8];
            if (second != 'W' && (second < 'A' || second > 'I')) {
                return false;
            }
            sum += second == 'W' ? 0 : (second - 'A' + 1) * 9;
        }
        return PPS.charAt(sum % 23) == b[start + 7];
    }

    /// `DDMMYYcNNNx`: c says the century, x is the rest of the nine digits by 31.
    static boolean hetu(byte[] b, int start) {
        int century = b[start + 6];
        if (!allDigits(b, start, start + 6)
                || !allDigits(b, start + 7, start + 10)
                || "-+ABCDEFUVWXY".indexOf(century) < 0) {
            return false;
        }
        var d = values(b, start, 10);
        long number = CheckDigits.number(d, 0, 6) * 1000 + CheckDigits.number(d, 7, 10);
        return date(CheckDigits.two(d, 2), CheckDigits.two(d, 0)) && HETU.charAt((int) (number % 31)) == b[start + 10];
    }

    /// ISO 13616: country, two check digits, up to 30 letters and digits, MOD 97-10; a single blank may stand between
    /// any two. Returns where it ends, or -1.
    private static int iban(byte[] b, int start, int to) {
        if (start + 15 > to
                || !Bytes.letter(b[start + 1])
                || !Bytes.digit(b[start + 2])
                || !Bytes.digit(b[start + 3])) {
            return -1;
        }
        int length = IbanLengths.of(Bytes.toUpper(b[start]), Bytes.toUpper(b[start + 1]));
        if (length == 0) {
            return -1;
        }
        int rest = 0;
        int taken = 4;
        int at = start + 4;
        while (taken < length) {
            if (at < to && b[at] == ' ' && taken > 0) {
                at++;
            }
            if (at >= to || !Bytes.alnum(b[at])) {
                return -1;
            }
            rest = append(rest, b[at]);
            taken++;
            at++;
        }
        for (int i = start; i < start + 4; i++) {
            rest = append(rest, b[i]);
        }
        return rest == 1 ? at : -1;
    }

    private static int append(int rest, byte b) {
        return Bytes.digit(b) ? (rest * 10 + b - '0') % 97 : (rest * 100 + Bytes.toUpper(b) - 'A' + 10) % 97;
    }
}
