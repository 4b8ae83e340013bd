package dev.sallyport.inspect.masking;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import dev.sallyport.core.policy.EntityType;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// What [Scanner] must find, found the slow way: each type by a regular expression of its own, tried at every
/// place of
/// the text. Shares with it the tables of forms and the arithmetic of check digits, and nothing of how candidates
/// come
/// about.
final class SlowScanner {

    /// A found range.
    record Hit(int start, int end, EntityType type) {}

    private static final String NO_ESCAPE = "(?!(?<=\\\\)[nrtbf])";
    private static final String L = NO_ESCAPE + "(?:(?<![A-Za-z0-9])|(?<=\\\\[nrtbf]))";
    private static final String R = "(?![A-Za-z0-9])";
    private static final String LN = L + "(?<![0-9][-./])";
    private static final String RN = R + "(?![-./][0-9])";
    private static final PhoneNumberUtil PHONES = PhoneNumberUtil.getInstance();

    private final String text;
    private final byte[] bytes;
    private final Set<EntityType> types;
    private final List<Hit> hits = new ArrayList<>();

    private SlowScanner(byte[] bytes, Set<EntityType> types) {
        this.bytes = bytes;
        this.text = new String(bytes, StandardCharsets.ISO_8859_1);
        this.types = types;
    }

    static List<Hit> scan(byte[] bytes, Set<EntityType> types) {
        var scanner = new SlowScanner(bytes, types);
        scanner.numbers();
        scanner.words();
        scanner.tokens();
        scanner.secrets();
        scanner.contacts();
        scanner.networks();
        scanner.places();
        return merged(
                scanner.hits.stream().filter(hit -> types.contains(hit.type)).toList());
    }

    /// By colouring bytes: those under overlapping hits are one.
    private static List<Hit> merged(List<Hit> hits) {
        var merged = new ArrayList<Hit>();
        var open = new ArrayList<>(hits);
        while (!open.isEmpty()) {
            var cluster = new ArrayList<Hit>();
            cluster.add(open.removeFirst());
            boolean grew = true;
            while (grew) {
                int start = cluster.stream().mapToInt(Hit::start).min().orElseThrow();
                int end = cluster.stream().mapToInt(Hit::end).max().orElseThrow();
                var near = open.stream()
                        .filter(hit -> hit.start < end && hit.end > start)
                        .toList();
                grew = !near.isEmpty();
                cluster.addAll(near);
                open.removeAll(near);
            }
            merged.add(new Hit(
                    cluster.stream().mapToInt(Hit::start).min().orElseThrow(),
                    cluster.stream().mapToInt(Hit::end).max().orElseThrow(),
                    new TreeSet<>(cluster.stream().map(Hit::type).toList()).first()));
        }
        merged.sort((a, b) -> Integer.compare(a.start, b.start));
        return merged;
    }

    private static final Map<String, Pattern> COMPILED = new HashMap<>();

    private static Pattern compiled(String regex) {
        return COMPILED.computeIfAbsent(regex, Pattern::compile);
    }

    private void each(String regex, EntityType type, Predicate<MatchResult> valid) {
        if (!types.contains(type)) {
            return;
        }
        var matcher = compiled(regex).matcher(text);
        int at = 0;
        while (at <= text.length() && matcher.find(at)) {
            if (valid.test(matcher)) {
                hits.add(new Hit(matcher.start(1), matcher.end(1), type));
            }
            at = matcher.start() + 1;
        }
    }

    private void each(String regex, EntityType type) {
        each(regex, type, match -> true);
    }

    private boolean told(EntityType type, int at) {
        var window = text.substring(Math.max(0, at - ContextWords.WINDOW), at)
                .toLowerCase(Locale.ROOT)
                .replace('_', ' ')
                .replace('-', ' ');
        return ContextWords.WORDS.getOrDefault(type, List.of()).stream()
                .anyMatch(word -> Pattern.compile("(?<![a-z])" + Pattern.quote(word) + "(?![a-z])")
                        .matcher(window)
                        .find());
    }

    private void numbers() {
        for (var form : NumberForms.all()) {
            var regex = form.shape().replaceAll("([0-9]+)", "[0-9]{$1}").replaceAll("([.+])(?=\\[)", "\\\\$1");
            each(LN + "(" + regex + ")" + RN, form.type(), match -> {
                var digits = match.group(1).replaceAll("[^0-9]", "");
                var values = new byte[digits.length()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (byte) (digits.charAt(i) - '0');
                }
                return form.check().valid(values, values.length)
                        && (!form.context() || told(form.type(), match.start(1)));
            });
        }
    }

    private void word(String regex, EntityType type, IntPredicate valid) {
        each(L + "(" + regex + ")" + R, type, match -> valid.test(match.start(1)));
    }

    private void number(String regex, EntityType type, IntPredicate valid) {
        each(LN + "(" + regex + ")" + R, type, match -> valid.test(match.start(1)));
    }

    private void words() {
        number("[0-9]{8}[A-Za-z]", EntityType.ES_DNI, at -> WordForms.dniLetter(bytes, at, 8, 0, bytes[at + 8]));
        number("[0-9]{8}-[A-Za-z]", EntityType.ES_DNI, at -> WordForms.dniLetter(bytes, at, 8, 0, bytes[at + 9]));
        word("[XYZxyz][0-9]{7}[A-Za-z]", EntityType.ES_NIE, at -> WordForms.nie(bytes, at, at + 9));
        word(
                "[XYZxyz][0-9]{7}-[A-Za-z]",
                EntityType.ES_NIE,
                at -> WordForms.dniLetter(
                        bytes, at + 1, 7, "XYZ".indexOf(Character.toUpperCase(text.charAt(at))), bytes[at + 9]));
        word("[STFGMstfgm][0-9]{7}[A-Za-z]", EntityType.SG_NRIC, at -> WordForms.nric(bytes, at));
        each(L + "([A-Z]{3}[PCHFATBLJG][A-Z][0-9]{4}[A-Z])" + R, EntityType.IN_PAN);
        word("[A-Z][12][0-9]{8}", EntityType.TW_ID, at -> WordForms.taiwan(bytes, at));
        word(
                "[A-Z][A-Z0-9]{8}[0-9]",
                EntityType.DE_PERSONALAUSWEIS,
                at -> WordForms.identityCard(bytes, at) && told(EntityType.DE_PERSONALAUSWEIS, at));
        word("[A-Za-z0-9]{16}", EntityType.IT_CODICE_FISCALE, at -> WordForms.codiceFiscale(bytes, at));
        word("[A-Za-z]{4}[0-9]{6}[A-Za-z0-9]{7}[0-9]", EntityType.MX_CURP, at -> WordForms.curp(bytes, at));
        number("[0-9]{7}[A-Z]", EntityType.IE_PPS, at -> WordForms.pps(bytes, at, 8));
        number("[0-9]{7}[A-Z]{2}", EntityType.IE_PPS, at -> WordForms.pps(bytes, at, 9));
        number("[0-9]{6}[-+A-Z][0-9]{3}[0-9A-Z]", EntityType.FI_HETU, at -> WordForms.hetu(bytes, at));
        word("[0-9]{17}[Xx]", EntityType.CN_RESIDENT_ID, at -> {
            var digits = new byte[18];
            for (int i = 0; i < 17; i++) {
                digits[i] = (byte) (bytes[at + i] - '0');
            }
            return NumberForms.residentId(digits, 10);
        });
        each(
                L + "((?!BG|GB|KN|NK|NT|TN|ZZ)[ABCEGHJ-PRSTWXYZ][ABCEGHJ-NPRSTWXYZ]"
                        + " ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D])" + R,
                EntityType.UK_NINO);
        word(
                "[A-Z][A-Za-z0-9]{6,8}",
                EntityType.PASSPORT,
                at -> digitsOfWord(at) >= 6 && told(EntityType.PASSPORT, at));
        word(
                "(?=[0-9]*[A-Za-z])[A-Za-z0-9]{7,18}",
                EntityType.DRIVING_LICENCE,
                at -> digitsOfWord(at) >= 4 && told(EntityType.DRIVING_LICENCE, at));
        each(
                L + "([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)" + R,
                EntityType.SWIFT_BIC,
                match -> Arrays.asList(Locale.getISOCountries())
                                .contains(match.group(1).substring(4, 6))
                        && told(EntityType.SWIFT_BIC, match.start(1)));
        ibans();
    }

    private int digitsOfWord(int at) {
        int digits = 0;
        for (int i = at; i < text.length() && Bytes.alnum(bytes[i]); i++) {
            digits += Bytes.digit(bytes[i]) ? 1 : 0;
        }
        return digits;
    }

    private void ibans() {
        var heads =
                Pattern.compile(L + "([A-Za-z]{2}[0-9]{2})(?= ?[A-Za-z0-9])").matcher(text);
        int at = 0;
        while (heads.find(at)) {
            int start = heads.start(1);
            at = heads.start() + 1;
            var country = text.substring(start, start + 2).toUpperCase(Locale.ROOT);
            int length = IbanLengths.of(country.charAt(0), country.charAt(1));
            if (length == 0) {
                continue;
            }
            var body = Pattern.compile("[A-Za-z0-9]{4}(?: ?[A-Za-z0-9]){" + (length - 4) + "}" + R)
                    .matcher(text)
                    .region(start, text.length())
                    .useTransparentBounds(true);
            if (!body.lookingAt()) {
                continue;
            }
            var plain = body.group().replace(" ", "").toUpperCase(Locale.ROOT);
            var number = new StringBuilder();
            (plain.substring(4) + plain.substring(0, 4)).chars().forEach(c -> number.append(Character.digit(c, 36)));
            if (new BigInteger(number.toString()).mod(BigInteger.valueOf(97)).intValue() == 1) {
                hits.add(new Hit(start, body.end(), EntityType.IBAN));
            }
        }
    }

    private void tokens() {
        for (var form : TokenForms.ALL) {
            var set = switch (form.alphabet()) {
                case ALNUM -> "A-Za-z0-9";
                case URL -> "A-Za-z0-9_-";
                case HEX -> "A-Fa-f0-9";
                case BASE32 -> "A-Z2-7";
                case DOTTED -> "A-Za-z0-9_.-";
            };
            var tail =
                    form.alphabet() == TokenForms.Alphabet.DOTTED ? "[" + set + "]*[A-Za-z0-9_-]" : "[" + set + "]++";
            var regex =
                    NO_ESCAPE + "(?:(?<![A-Za-z0-9" + (set.contains("_") ? "_" : "") + (set.contains(".") ? "." : "")
                            + (set.contains("-") && set.contains("_") ? "-" : "") + "])|(?<=\\\\[nrtbf]))("
                            + Pattern.quote(form.prefix()) + tail + ")" + R;
            each(regex, form.type(), match -> {
                int length = match.group(1).length() - form.prefix().length();
                return length >= form.least() && length <= form.most();
            });
        }
    }

    private void secrets() {
        each(
                NO_ESCAPE + "(?:(?<![A-Za-z0-9_-])|(?<=\\\\[nrtbf]))"
                        + "(eyJ[A-Za-z0-9_-]{5,}+\\.[A-Za-z0-9_-]{5,}+(?:\\.[A-Za-z0-9_-]*+){1,3}+)",
                EntityType.JWT);
        each(L + "(?i:bearer|basic) ([A-Za-z0-9._~+/=-]{16,}+)", EntityType.BEARER_TOKEN);
        each(
                "://[!-\\xff&&[^@/\"'<:\\x7f]]*+:([!-\\xff&&[^@/\"'<\\x7f]]++)@",
                EntityType.URL_PASSWORD,
                match -> match.end() - match.start() <= 3 + 2 * Secrets.LONGEST_VALUE);
        var keys = Pattern.compile("-----BEGIN ([A-Za-z0-9 ]{0,41})-----").matcher(text);
        int from = 0;
        while (keys.find(from)) {
            if (!keys.group(1).contains("PRIVATE KEY")) {
                from = keys.start() + 1;
                continue;
            }
            int last = text.indexOf("-----END ", keys.end());
            int end = text.length();
            if (last >= 0) {
                int dashes = text.indexOf("-----", last + 9);
                int close = Math.min(Math.min(dashes < 0 ? end : dashes, last + 50), end);
                end = Math.min(end, close + 5);
            }
            hits.add(new Hit(keys.start(), end, EntityType.PRIVATE_KEY));
            from = end;
        }
        var hashes = Pattern.compile("\\$2[abxy]?\\$[0-9]{2}\\$[A-Za-z0-9./]{53}"
                        + "|\\$(?:argon2id|argon2i|argon2d|scrypt|1|5|6|7|y)\\$[A-Za-z0-9./$=,+-]{20,}+"
                        + "|\\$pbkdf2[A-Za-z0-9./$=,+-]{20,}+")
                .matcher(text);
        while (hashes.find()) {
            hits.add(new Hit(hashes.start(), hashes.end(), EntityType.PASSWORD_HASH));
        }
        pairs();
    }

    private static String loose(String word) {
        return word.replaceAll("(?<=.)(?=.)", "[_-]*");
    }

    private static final Pattern NAME = Pattern.compile("(?i)(?<azure>" + loose("accountkey") + "|"
            + loose("sharedaccesskey") + ")|(?<aws>" + loose("secretaccesskey") + ")|(?<any>"
            + String.join(
                    "|",
                    List.of(
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
                                    "credentials")
                            .stream()
                            .map(SlowScanner::loose)
                            .toList())
            + ")");

    private void pairs() {
        int end = 0;
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (at < end || (c != ':' && c != '=' && c != '\'')) {
                continue;
            }
            var before = text.substring(0, at);
            if (c == '\'') {
                var words = Pattern.compile("(?i)(?:" + loose("password") + "|" + loose("identified by") + ") \\z")
                        .matcher(before);
                if (words.find()) {
                    end = Math.max(end, value(at, at, EntityType.PASSWORD));
                }
                continue;
            }
            before = before.replaceFirst(" \\z", "");
            before = before.replaceFirst("\\\\?[\"']\\z", "");
            var type = EntityType.PASSWORD;
            boolean named = false;
            var tail = before.substring(Math.max(0, before.length() - Secrets.LONGEST_NAME));
            for (int i = 0; i < tail.length() && !named; i++) {
                var name = NAME.matcher(tail).region(i, tail.length());
                if (name.matches()) {
                    named = true;
                }
            }
            if (!named) {
                continue;
            }
            if (Pattern.compile("(?i)(?:" + loose("accountkey") + "|" + loose("sharedaccesskey") + ")\\z")
                    .matcher(tail)
                    .find()) {
                type = EntityType.AZURE_KEY;
            } else if (Pattern.compile("(?i)" + loose("secretaccesskey") + "\\z")
                    .matcher(tail)
                    .find()) {
                type = EntityType.AWS_SECRET_KEY;
            }
            end = Math.max(end, value(at, at + 1, type));
        }
    }

    private int value(int at, int after, EntityType named) {
        var type = named;
        var head = Pattern.compile(" {0,2}+(?:\\\\(?=\"))?([\"']?)").matcher(text);
        head.region(after, text.length());
        if (!head.lookingAt()) {
            return 0;
        }
        int start = head.end();
        var quote = head.group(1);
        int limit = Math.min(text.length(), start + Secrets.LONGEST_VALUE);
        var set = quote.isEmpty() ? "[!-\\xff&&[^&;,\"'<>)}\\]|]]*+" : "[^\\n" + quote + "]*+";
        var body = Pattern.compile(set).matcher(text).region(start, limit);
        int end = body.lookingAt() ? body.end() : start;
        if (quote.equals("\"") && end > start && text.charAt(end - 1) == '\\') {
            end--;
        }
        if (end - start < 4 || "*[<{$(%".indexOf(text.charAt(start)) >= 0) {
            return 0;
        }
        if (type != EntityType.PASSWORD) {
            type = end - start >= 20 ? type : EntityType.PASSWORD;
        } else if (quote.isEmpty()
                && text.charAt(at) == ':'
                && text.startsWith(" ", after)
                && text.substring(start, end).matches("[a-z.]+")) {
            return 0;
        }
        if (type == EntityType.PASSWORD && !types.contains(EntityType.PASSWORD)) {
            return 0;
        }
        hits.add(new Hit(start, end, type));
        return end;
    }

    private void contacts() {
        for (int at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
            email(at);
        }
        for (int at = text.indexOf('+'); at >= 0; at = text.indexOf('+', at + 1)) {
            international(at);
        }
        for (int at = text.indexOf('('); at >= 0; at = text.indexOf('(', at + 1)) {
            var shape = Pattern.compile("\\(([0-9]{2,5})\\) ?([0-9]+(?:[ .-][0-9]+)*+)")
                    .matcher(text.substring(at, Math.min(text.length(), at + Contacts.LONGEST_PHONE)));
            if (!shape.lookingAt() || at + 8 > text.length()) {
                continue;
            }
            int area = shape.group(1).length();
            int digits = shape.group(2).replaceAll("[^0-9]", "").length();
            char first = shape.group(1).charAt(0);
            boolean fits = (area == 3 && digits == 7 && first >= '2')
                    || (first == '0' && digits >= 5 && digits + area <= 12)
                    || (area == 2 && first > '0' && (digits == 8 || digits == 9));
            if (fits
                    && Pattern.compile(RN)
                            .matcher(text)
                            .region(at + shape.end(), text.length())
                            .lookingAt()) {
                hits.add(new Hit(at, at + shape.end(), EntityType.PHONE));
            }
        }
    }

    private void email(int at) {
        var left = Pattern.compile("[A-Za-z0-9\\x80-\\xff._%+'-]{1,64}\\z")
                .matcher(text.substring(Math.max(0, at - Contacts.LONGEST_LOCAL), at));
        var right = Pattern.compile("[A-Za-z0-9\\x80-\\xff.-]{1,255}+")
                .matcher(text.substring(at + 1, Math.min(text.length(), at + 1 + Contacts.LONGEST_DOMAIN)));
        if (!left.find() || !right.lookingAt()) {
            return;
        }
        var local = left.group().replaceFirst("^[._%+'-]+", "");
        var domain = right.group().replaceFirst("[.-]+\\z", "");
        int dot = domain.lastIndexOf('.');
        if (local.isEmpty() || dot < 1) {
            return;
        }
        var label = domain.substring(dot + 1);
        var ascii = Pattern.compile("^[A-Za-z][A-Za-z0-9-]*").matcher(label);
        var top = ascii.find() ? ascii.group() : label;
        if (top.length() < 2
                || !top.matches("[A-Za-z\\x80-\\xff].*")
                || List.of("png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "html")
                        .contains(top)) {
            return;
        }
        hits.add(new Hit(at - local.length(), at + 1 + dot + 1 + top.length(), EntityType.EMAIL));
    }

    private void international(int at) {
        if (!Pattern.compile(L + "\\+[0-9]")
                        .matcher(text)
                        .region(at, text.length())
                        .useTransparentBounds(true)
                        .lookingAt()
                || at + 8 > text.length()) {
            return;
        }
        var rest = text.substring(at + 1, Math.min(text.length(), at + Contacts.LONGEST_PHONE));
        for (int end = rest.length(); end > 0; end--) {
            var written = rest.substring(0, end);
            var digits = written.replaceAll("[^0-9]", "");
            if (!written.matches("[0-9 ./()-]*[0-9]")
                    || digits.length() < 7
                    || digits.length() > 15
                    || (at + 1 + end < text.length() && Bytes.alnum(bytes[at + 1 + end]))) {
                continue;
            }
            try {
                if (PHONES.isValidNumber(PHONES.parse("+" + digits, "ZZ"))) {
                    hits.add(new Hit(at, at + 1 + end, EntityType.PHONE));
                    return;
                }
            } catch (NumberParseException _) {
                // then it is none, and a shorter one may be
            }
        }
    }

    private void networks() {
        var octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
        each(LN + "(" + octet + "(?:\\." + octet + "){3})" + R + "(?!\\.[0-9])", EntityType.IPV4);
        for (var separator : List.of(":", "-")) {
            each(
                    L + "(?<![:-])([0-9A-Fa-f]{2}(?:" + separator + "[0-9A-Fa-f]{2}){5})" + R + "(?!" + separator + ")",
                    EntityType.MAC_ADDRESS);
        }
        var runs = Pattern.compile(L + "(?<!:)([0-9A-Fa-f:]++)").matcher(text);
        int at = 0;
        while (at <= text.length() && runs.find(at)) {
            at = runs.start() + 1;
            var run = runs.group(1).replaceFirst("(?<=[^:]):\\z", "");
            if (run.length() <= Networks.LONGEST_V6
                    && run.matches("(?=.*[0-9]).*:.*")
                    && isV6(run)
                    && Pattern.compile(R)
                            .matcher(text)
                            .region(runs.start(1) + run.length(), text.length())
                            .lookingAt()) {
                hits.add(new Hit(runs.start(1), runs.start(1) + run.length(), EntityType.IPV6));
            }
        }
    }

    private static boolean isV6(String run) {
        var group = "[0-9A-Fa-f]{1,4}";
        if (run.matches(group + "(?::" + group + "){7}")) {
            return true;
        }
        if (!run.matches("(?:" + group + "(?::" + group + ")*)?::(?:" + group + "(?::" + group + ")*)?")) {
            return false;
        }
        long groups = Arrays.stream(run.split(":", -1))
                .filter(each -> !each.isEmpty())
                .count();
        return groups >= 3 && groups < 8;
    }

    /// Streets and wallets are tried at each word; what a word is, is told by a regular expression here.
    private void places() {
        var streets = new Streets(EnumSet.copyOf(types));
        var wallets = new Wallets(EnumSet.copyOf(types));
        var found = new Findings();
        var words = Pattern.compile(L + "([A-Za-z0-9]+)").matcher(text);
        int at = 0;
        while (at < text.length() && words.find(at)) {
            at = words.end();
            int start = words.start(1);
            int end = words.end(1);
            var word = words.group(1);
            // the letter of an escape belongs to no word
            if (start > 0 && text.charAt(start - 1) == '\\' && "nrtbf".indexOf(word.charAt(0)) >= 0) {
                at = start + 1;
                continue;
            }
            wallets.find(bytes, start, end, found);
            if (!types.contains(EntityType.POSTAL_ADDRESS) || end >= text.length()) {
                continue;
            }
            char next = text.charAt(end);
            if ((word.matches("[0-9]{1,5}") && (next == ' ' || next == ','))
                    || (word.matches("[0-9][A-Za-z0-9]{0,5}") && word.matches(".*[A-Za-z].*") && next == ' ')) {
                streets.afterNumber(bytes, 0, bytes.length, start, end, found);
            }
            if (word.matches("[A-Za-z]+") && next == ' ') {
                if (end + 1 < text.length() && Character.isDigit(text.charAt(end + 1)) && text.charAt(end + 1) < 128) {
                    streets.beforeNumber(bytes, 0, bytes.length, start, end, found);
                }
                streets.atWord(bytes, bytes.length, start, end, found);
            }
        }
        for (int i = 0; i < found.size(); i++) {
            hits.add(new Hit(found.start(i), found.end(i), found.type(i)));
        }
    }
}
