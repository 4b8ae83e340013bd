package dev.sallyport.inspect.masking;

import dev.sallyport.core.policy.EntityType;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/// Values of each type as they look in the wild, made of a seed. None is anybody's: they are drawn, or are
/// examples that
/// issuers publish. Tokens are put together here so that no text of this project looks like one.
final class Samples {

    private static final Set<EntityType> BY_NAME_ONLY = EnumSet.of(EntityType.PERSON_NAME, EntityType.DATE_OF_BIRTH);

    private static final List<String> FIRST = List.of("Anna", "Bob", "Chloe", "Dmitri", "Elif", "Femke", "José", "Zoë");
    private static final List<String> LAST =
            List.of("Smith", "Müller", "García", "Rossi", "de Vries", "O'Neil", "Nguyen");
    private static final List<String> STREETS =
            List.of("Baker Street", "Oak Ave", "Elm Grove Road", "Sunset Blvd", "Park Lane", "Main St");
    private static final List<String> REDUCED = List.of(
            "Hauptstraße %d", "Lindenweg %d", "Kerkstraat %d", "Calle Mayor %d", "Via Roma, %d", "Storgatan %d");

    private Samples() {}

    /// Types that no value tells, but the name of a column.
    static boolean byNameOnly(EntityType type) {
        return BY_NAME_ONLY.contains(type);
    }

    /// A sample with a telling word before it, where its type wants one.
    static String told(EntityType type, String sample) {
        var words = ContextWords.WORDS.get(type);
        return words == null ? sample : words.getFirst() + ": " + sample;
    }

    static String of(EntityType type, Random random) {
        return switch (type) {
            case PRIVATE_KEY ->
                "-----BEGIN " + pick(random, "RSA ", "EC ", "OPENSSH ", "") + "PRIVATE KEY-----\n"
                        + draw(random, 64, BASE64) + "\n" + draw(random, 40, BASE64)
                        + "==\n-----END RSA PRIVATE KEY-----";
            case JWT -> "eyJ" + draw(random, 20, URL) + ".eyJ" + draw(random, 40, URL) + "." + draw(random, 43, URL);
            case AWS_ACCESS_KEY -> pick(random, "AKIA", "ASIA") + draw(random, 16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
            case AWS_SECRET_KEY -> "aws_secret_access_key = " + draw(random, 40, BASE64);
            case GOOGLE_KEY -> "AIza" + draw(random, 34, URL) + "x";
            case AZURE_KEY -> "AccountKey=" + draw(random, 86, BASE64) + "==";
            case GITHUB_TOKEN ->
                random.nextInt(4) == 0
                        ? "github_pat_" + draw(random, 22, ALNUM) + "_" + draw(random, 59, ALNUM)
                        : pick(random, "ghp", "gho", "ghs") + "_" + draw(random, 36, ALNUM);
            case GITLAB_TOKEN -> "glpat-" + draw(random, 20, ALNUM);
            case SLACK_TOKEN ->
                "xox" + pick(random, "b", "p") + "-" + draw(random, 12, DIGITS) + "-" + draw(random, 24, ALNUM);
            case STRIPE_KEY ->
                pick(random, "sk", "rk") + "_" + pick(random, "live", "test") + "_" + draw(random, 24, ALNUM);
            case AI_API_KEY -> "sk-" + pick(random, "", "proj-", "ant-") + draw(random, 40, ALNUM);
            case SERVICE_TOKEN -> pick(random, "npm_" + draw(random, 36, ALNUM), "hvs." + draw(random, 24, ALNUM));
            case PASSWORD_HASH ->
                pick(
                        random,
                        "$2" + pick(random, "a", "b", "y") + "$12$" + draw(random, 53, ALNUM),
                        "$argon2id$v=19$m=65536,t=3,p=4$" + draw(random, 22, ALNUM) + "$" + draw(random, 43, ALNUM),
                        "$6$" + draw(random, 16, ALNUM) + "$" + draw(random, 86, ALNUM));
            case URL_PASSWORD ->
                pick(random, "postgres", "https", "redis", "mongodb+srv") + "://" + pick(random, "app", "") + ":"
                        + draw(random, 12, ALNUM) + "@db.internal/x";
            case BEARER_TOKEN -> "Bearer " + draw(random, 32, ALNUM);
            case PASSWORD ->
                pick(random, "password=", "pwd: '", "\"api_key\": \"", "client_secret = ", "PASSWORD '", "db_password=")
                        + draw(random, 12, ALNUM)
                        + pick(random, "'", "\"", " ");
            case CARD_CODE -> draw(random, 3, DIGITS);
            case IBAN -> iban(random);
            case SWIFT_BIC ->
                draw(random, 4, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
                        + pick(random, "DE", "GB", "US", "FR")
                        + draw(random, 2, "ABCDEF23")
                        + pick(random, "", "XXX");
            case CRYPTO_WALLET ->
                pick(
                        random,
                        "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
                        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
                        "0x" + draw(random, 40, "0123456789abcdefABCDEF"));
            case UK_NINO -> {
                var blank = pick(random, "", " ");
                yield draw(random, 1, "ABCEHJLMPRSWXY")
                        + draw(random, 1, "ACEHJLMPRSWXY")
                        + blank
                        + draw(random, 2, DIGITS)
                        + blank
                        + draw(random, 2, DIGITS)
                        + blank
                        + draw(random, 2, DIGITS)
                        + blank
                        + draw(random, 1, "ABCD");
            }
            case DE_PERSONALAUSWEIS -> pick(random, "L01X00T471", "T220001293");
            case ES_DNI -> {
                var number = draw(random, 8, DIGITS);
                yield number + pick(random, "", "-") + "TRWAGMYFPDXBNJZSQVHLCKE".charAt(Integer.parseInt(number) % 23);
            }
            case ES_NIE -> {
                int head = random.nextInt(3);
                var number = draw(random, 7, DIGITS);
                yield "XYZ".charAt(head)
                        + number
                        + "TRWAGMYFPDXBNJZSQVHLCKE".charAt(Integer.parseInt(head + number) % 23);
            }
            case IT_CODICE_FISCALE -> pick(random, "RSSMRA85T10A562S", "MRTMTT91D08F205J");
            case FI_HETU -> {
                var date = String.format(
                        "%02d%02d%02d", 1 + random.nextInt(28), 1 + random.nextInt(12), random.nextInt(100));
                var serial = draw(random, 3, DIGITS);
                yield date
                        + pick(random, "-", "A", "+")
                        + serial
                        + "0123456789ABCDEFHJKLMNPRSTUVWXY".charAt((int) (Long.parseLong(date + serial) % 31));
            }
            case IE_PPS -> pick(random, "6433435F", "6433435OA", "1234567T");
            case MX_CURP -> "BOXW310820HNERXN09";
            case IN_PAN ->
                draw(random, 3, "ABCDEFGHIJ")
                        + draw(random, 1, "PCHF")
                        + draw(random, 1, "ABCDEF")
                        + draw(random, 4, DIGITS)
                        + draw(random, 1, "ABCDEF");
            case SG_NRIC -> pick(random, "S0000001I", "F1234567N", "S1234567D");
            case TW_ID -> "A123456789";
            case PASSPORT -> draw(random, 1, "CFGHJK") + draw(random, 8, DIGITS);
            case DRIVING_LICENCE -> draw(random, 1, "ABCD") + draw(random, 7, DIGITS);
            case EMAIL ->
                pick(random, "anna", "bob.smith", "c+tag", "d_e-f", "zoë").concat(draw(random, 2, DIGITS)) + "@"
                        + pick(random, "example.com", "mail.example.co.uk", "sub-domain.example.org");
            case PHONE ->
                pick(
                        random,
                        "+1 212-555-" + "2" + draw(random, 3, DIGITS),
                        "+49 30 " + "2" + draw(random, 6, DIGITS),
                        "+44 20 7946 0" + draw(random, 3, DIGITS),
                        "(212) 555-0" + draw(random, 3, DIGITS),
                        "212-555-0" + draw(random, 3, DIGITS),
                        "0151 2" + draw(random, 7, DIGITS),
                        "01 42 68 53 " + draw(random, 2, DIGITS));
            case POSTAL_ADDRESS ->
                random.nextBoolean()
                        ? (1 + random.nextInt(999)) + " " + STREETS.get(random.nextInt(STREETS.size()))
                        : String.format(REDUCED.get(random.nextInt(REDUCED.size())), 1 + random.nextInt(99));
            case PERSON_NAME -> FIRST.get(random.nextInt(FIRST.size())) + " " + LAST.get(random.nextInt(LAST.size()));
            case DATE_OF_BIRTH ->
                String.format(
                        "%d-%02d-%02d", 1930 + random.nextInt(80), 1 + random.nextInt(12), 1 + random.nextInt(28));
            case MAC_ADDRESS -> "00:1a:2b:" + hexPair(random) + ":" + hexPair(random) + ":" + hexPair(random);
            case IPV4 -> "10." + random.nextInt(256) + "." + random.nextInt(256) + "." + random.nextInt(256);
            case IPV6 -> pick(random, "2001:db8::8a2e:370:7334", "fe80::1ff:fe23:4567:890a", "2001:db8:0:1:2:3:4:5");
            case PAYMENT_CARD,
                    ABA_ROUTING,
                    BANK_ACCOUNT,
                    US_SSN,
                    US_ITIN,
                    US_EIN,
                    UK_NHS,
                    DE_STEUER_ID,
                    FR_NIR,
                    NL_BSN,
                    BE_NRN,
                    PL_PESEL,
                    PL_NIP,
                    PT_NIF,
                    SE_PERSONNUMMER,
                    DK_CPR,
                    NO_FODSELSNUMMER,
                    CH_AHV,
                    AT_SVNR,
                    CZ_RODNE_CISLO,
                    RO_CNP,
                    HR_OIB,
                    EE_ISIKUKOOD,
                    BR_CPF,
                    BR_CNPJ,
                    AR_CUIT,
                    IN_AADHAAR,
                    AU_TFN,
                    AU_MEDICARE,
                    CA_SIN,
                    ZA_ID,
                    TR_TCKN,
                    CN_RESIDENT_ID,
                    KR_RRN,
                    JP_MY_NUMBER,
                    TH_ID,
                    AE_EMIRATES_ID -> number(type, random);
        };
    }

    static final String DIGITS = "0123456789";
    static final String ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    static final String URL = ALNUM + "_-";
    static final String BASE64 = ALNUM + "/+";

    static String draw(Random random, int length, String alphabet) {
        var text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    static String pick(Random random, String... of) {
        return of[random.nextInt(of.length)];
    }

    private static String hexPair(Random random) {
        return draw(random, 2, "0123456789abcdef");
    }

    private static String iban(Random random) {
        var country = pick(random, "DE22", "GB22", "FR27", "NL18", "ES24", "NO15");
        int length = Integer.parseInt(country.substring(2));
        var body = draw(random, length - 4, DIGITS);
        if (country.startsWith("GB") || country.startsWith("NL")) {
            body = "BANK" + body.substring(4);
        }
        var number = new StringBuilder();
        (body + country.substring(0, 2) + "00").chars().forEach(c -> number.append(Character.digit(c, 36)));
        int check = 98
                - new java.math.BigInteger(number.toString())
                        .mod(java.math.BigInteger.valueOf(97))
                        .intValue();
        var plain = country.substring(0, 2) + String.format("%02d", check) + body;
        return random.nextBoolean() ? plain : plain.replaceAll("(.{4})(?=.)", "$1 ");
    }

    /// How numbers of the rarer checks begin, so that a draw finds one.
    private static final Map<EntityType, List<String>> HEADS = Map.of(
            EntityType.PAYMENT_CARD, List.of("4", "51", "55", "2221", "6011", "34", "37", "62", "3530"),
            EntityType.FR_NIR, List.of("18503", "29211"),
            EntityType.BE_NRN, List.of("850730", "990101"),
            EntityType.SE_PERSONNUMMER, List.of("811218", "19811218", "20010203"),
            EntityType.CH_AHV, List.of("756"),
            EntityType.CN_RESIDENT_ID, List.of("11010519491231", "36042619910101"),
            EntityType.AE_EMIRATES_ID, List.of("7841968", "7842001"),
            EntityType.KR_RRN, List.of("971013"),
            EntityType.NO_FODSELSNUMMER, List.of("151086"));

    private static String number(EntityType type, Random random) {
        var forms =
                NumberForms.all().stream().filter(form -> form.type() == type).toList();
        var heads = HEADS.getOrDefault(type, List.of(""));
        while (true) {
            var form = forms.get(random.nextInt(forms.size()));
            var digits = heads.get(random.nextInt(heads.size()));
            int length = lengthOf(form.shape());
            if (digits.length() > length) {
                continue;
            }
            for (int draw = 0; draw < 5000; draw++) {
                var whole = digits + draw(random, length - digits.length(), DIGITS);
                var values = new byte[length];
                for (int i = 0; i < length; i++) {
                    values[i] = (byte) (whole.charAt(i) - '0');
                }
                if (form.check().valid(values, length)) {
                    return written(whole, form.shape());
                }
            }
        }
    }

    private static int lengthOf(String shape) {
        int length = 0;
        for (var group : shape.split("[^0-9]", -1)) {
            length += Integer.parseInt(group);
        }
        return length;
    }

    private static String written(String digits, String shape) {
        var text = new StringBuilder();
        int at = 0;
        int from = 0;
        while (at < shape.length()) {
            int end = at;
            while (end < shape.length() && Character.isDigit(shape.charAt(end))) {
                end++;
            }
            int group = Integer.parseInt(shape.substring(at, end));
            text.append(digits, from, from + group);
            from += group;
            if (end < shape.length()) {
                text.append(shape.charAt(end));
            }
            at = end + 1;
        }
        return text.toString();
    }
}
