package dev.sallyport.inspect.masking;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import dev.sallyport.core.policy.EntityType;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/// Addresses of e-mail and numbers of phones with `+` or with parentheses. Numbers as a country writes them are
/// [NumberForms].
final class Contacts {

    /// Longest part before and after the `@`, in bytes (RFC 5321, section 4.5.3.1).
    static final int LONGEST_LOCAL = 64;

    static final int LONGEST_DOMAIN = 255;

    /// Longest way to write a phone number, in bytes.
    static final int LONGEST_PHONE = 26;

    private static final PhoneNumberUtil PHONES = PhoneNumberUtil.getInstance();

    /// Ends of names that are files and not domains: `logo@2x.png`.
    private static final Set<String> FILES = Set.of("png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "html");

    private final boolean emails;
    private final boolean phones;

    Contacts(Set<EntityType> types) {
        emails = types.contains(EntityType.EMAIL);
        phones = types.contains(EntityType.PHONE);
    }

    /// An address with its `@` at `at`.
    void email(byte[] b, int from, int to, int at, Findings found) {
        if (!emails) {
            return;
        }
        int start = at;
        int floor = Math.max(from, at - LONGEST_LOCAL);
        while (start > floor && local(b[start - 1])) {
            start--;
        }
        while (start < at && !Bytes.alnum(b[start]) && b[start] >= 0) {
            start++;
        }
        if (start == at) {
            return;
        }
        int end = at + 1;
        int ceiling = Math.min(to, at + 1 + LONGEST_DOMAIN);
        while (end < ceiling && (Bytes.alnum(b[end]) || b[end] == '.' || b[end] == '-' || b[end] < 0)) {
            end++;
        }
        while (end > at + 1 && (b[end - 1] == '.' || b[end - 1] == '-')) {
            end--;
        }
        // a character of another script after the last letter is the text's, as in "a@example.com。"
        int asciiEnd = end;
        int dot = end - 1;
        while (dot > at && b[dot] != '.') {
            dot--;
        }
        int label = dot + 1;
        if (dot > at + 1 && label < end && Bytes.letter(b[label])) {
            asciiEnd = label;
            while (asciiEnd < end && (Bytes.alnum(b[asciiEnd]) || b[asciiEnd] == '-')) {
                asciiEnd++;
            }
        }
        if (dot <= at + 1 || asciiEnd - label < 2) {
            return;
        }
        boolean domain = Bytes.letter(b[label]) || b[label] < 0;
        boolean file = asciiEnd - label <= 4
                && FILES.contains(new String(b, label, asciiEnd - label, StandardCharsets.ISO_8859_1));
        if (!domain || file) {
            return;
        }
        found.add(EntityType.EMAIL, start, asciiEnd);
    }

    private static boolean local(byte b) {
        return Bytes.alnum(b) || b < 0 || "._%+-'".indexOf(b) >= 0;
    }

    /// `+49 30 1234567`, with its `+` at `at`: what of it is the longest valid number.
    void international(byte[] b, int from, int to, int at, Findings found) {
        if (!phones || at + 8 > to || !Bytes.digit(b[at + 1]) || !Bytes.opens(b, from, at)) {
            return;
        }
        var text = new StringBuilder(LONGEST_PHONE);
        var ends = new int[LONGEST_PHONE];
        var lengths = new int[LONGEST_PHONE];
        int groups = 0;
        int digits = 0;
        int i = at + 1;
        int limit = Math.min(to, at + LONGEST_PHONE);
        while (i < limit && digits <= 15) {
            if (Bytes.digit(b[i])) {
                digits++;
                text.append((char) b[i]);
                if (i + 1 >= to || !Bytes.digit(b[i + 1])) {
                    ends[groups] = i + 1;
                    lengths[groups] = digits;
                    groups++;
                }
            } else if (" .-/()".indexOf(b[i]) < 0) {
                break;
            }
            i++;
        }
        for (int g = groups - 1; g >= 0; g--) {
            if (lengths[g] >= 7
                    && lengths[g] <= 15
                    && Bytes.closes(b, ends[g], to)
                    && valid(text.substring(0, lengths[g]))) {
                found.add(EntityType.PHONE, at, ends[g]);
                return;
            }
        }
    }

    private static boolean valid(String digits) {
        try {
            return PHONES.isValidNumber(PHONES.parse("+" + digits, "ZZ"));
        } catch (NumberParseException _) {
            return false;
        }
    }

    /// `(212) 555-0123`, with its parenthesis at `at`.
    void parenthesised(byte[] b, int to, int at, Findings found) {
        if (!phones || at + 8 > to || !Bytes.digit(b[at + 1])) {
            return;
        }
        int close = at + 1;
        while (close < to && close - at <= 5 && Bytes.digit(b[close])) {
            close++;
        }
        int area = close - at - 1;
        if (area < 2 || area > 5 || close >= to || b[close] != ')') {
            return;
        }
        int i = close + 1;
        if (i < to && b[i] == ' ') {
            i++;
        }
        int digits = 0;
        int end = i;
        while (i < to && i - at < LONGEST_PHONE) {
            if (Bytes.digit(b[i])) {
                digits++;
                end = i + 1;
            } else if (!(digits > 0 && (b[i] == ' ' || b[i] == '-' || b[i] == '.') && Bytes.digit(b[i - 1]))) {
                break;
            }
            i++;
        }
        boolean american = area == 3 && digits == 7 && b[at + 1] >= '2';
        boolean trunk = b[at + 1] == '0' && digits >= 5 && digits + area <= 12;
        boolean brazilian = area == 2 && b[at + 1] > '0' && (digits == 8 || digits == 9);
        if ((american || trunk || brazilian) && Bytes.closesNumber(b, end, to)) {
            found.add(EntityType.PHONE, at, end);
        }
    }

    /// So that the first value does not pay for the tables of the library.
    static boolean warm() {
        return PHONES.isPossibleNumber(new PhoneNumber().setCountryCode(1).setNationalNumber(2125550123L));
    }
}
