package dev.sallyport.inspect.masking;

import static java.util.Map.entry;

import dev.sallyport.core.policy.EntityType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// Words that make a weak form count: nine digits are a social security number where `ssn` stands before them, and
/// an order number elsewhere.
///
/// They are looked for, as whole words and in any case, in the [#WINDOW] bytes before a candidate; `_`, `-` and a
/// blank within a word are one.
@SuppressWarnings("EnumOrdinal") // a table in memory, asked for every candidate
final class ContextWords {

    /// How far before a candidate they count, in bytes.
    static final int WINDOW = 40;

    static final Map<EntityType, List<String>> WORDS = Map.ofEntries(
            entry(EntityType.AWS_SECRET_KEY, List.of("aws secret", "secret access key", "secret key", "aws")),
            entry(EntityType.SWIFT_BIC, List.of("swift", "bic")),
            entry(EntityType.ABA_ROUTING, List.of("routing", "aba", "rtn")),
            entry(EntityType.BANK_ACCOUNT, List.of("account no", "account number", "acct", "kontonummer", "konto")),
            entry(EntityType.CARD_CODE, List.of("cvv", "cvc", "cvv2", "cvc2", "card code", "security code")),
            entry(EntityType.US_SSN, List.of("ssn", "social security", "social sec")),
            entry(EntityType.US_EIN, List.of("ein", "employer id", "employer identification", "tax id")),
            entry(EntityType.UK_NHS, List.of("nhs")),
            entry(EntityType.DE_PERSONALAUSWEIS, List.of("personalausweis", "ausweis", "ausweisnummer", "id card")),
            entry(EntityType.NL_BSN, List.of("bsn", "burgerservicenummer", "sofinummer", "sofi")),
            entry(EntityType.PL_NIP, List.of("nip")),
            entry(EntityType.PT_NIF, List.of("nif", "contribuinte")),
            entry(EntityType.SE_PERSONNUMMER, List.of("personnummer", "pnr", "personnr")),
            entry(EntityType.DK_CPR, List.of("cpr", "personnummer")),
            entry(EntityType.AT_SVNR, List.of("svnr", "sozialversicherung", "sozialversicherungsnummer", "sv nr")),
            entry(EntityType.CZ_RODNE_CISLO, List.of("rodne", "rodne cislo", "rc")),
            entry(EntityType.HR_OIB, List.of("oib")),
            entry(EntityType.IN_AADHAAR, List.of("aadhaar", "aadhar", "uidai", "uid")),
            entry(EntityType.AU_TFN, List.of("tfn", "tax file")),
            entry(EntityType.AU_MEDICARE, List.of("medicare")),
            entry(EntityType.CA_SIN, List.of("sin", "social insurance", "nas")),
            entry(EntityType.JP_MY_NUMBER, List.of("my number", "mynumber", "kojin bango", "individual number")),
            entry(EntityType.PASSPORT, List.of("passport", "passport no", "passport number", "reisepass", "passeport")),
            entry(
                    EntityType.DRIVING_LICENCE,
                    List.of("driving licence", "driver license", "drivers license", "licence no", "license no")),
            entry(
                    EntityType.PHONE,
                    List.of("phone", "tel", "telephone", "telefon", "mobile", "mobil", "cell", "fax", "call", "sms")));

    private static final byte[][][] BY_TYPE = new byte[EntityType.values().length][][];

    static {
        for (var type : EntityType.values()) {
            BY_TYPE[type.ordinal()] = WORDS.getOrDefault(type, List.of()).stream()
                    .map(word -> word.getBytes(StandardCharsets.US_ASCII))
                    .toArray(byte[][]::new);
        }
    }

    private ContextWords() {}

    /// Whether a word of `type` stands before `at`.
    static boolean before(EntityType type, byte[] b, int from, int at) {
        int start = Math.max(from, at - WINDOW);
        for (var word : BY_TYPE[type.ordinal()]) {
            for (int i = start; i + word.length <= at; i++) {
                if (folded(b[i]) == word[0]
                        && (i == start || !Bytes.letter(b[i - 1]))
                        && matches(b, i, word)
                        && (i + word.length == at || !Bytes.letter(b[i + word.length]))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean matches(byte[] b, int at, byte[] word) {
        for (int i = 1; i < word.length; i++) {
            if (folded(b[at + i]) != word[i]) {
                return false;
            }
        }
        return true;
    }

    private static int folded(byte b) {
        if (Bytes.upper(b)) {
            return b + 32;
        }
        return b == '_' || b == '-' ? ' ' : b;
    }
}
