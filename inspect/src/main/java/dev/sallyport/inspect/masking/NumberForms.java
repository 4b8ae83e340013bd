package dev.sallyport.inspect.masking;

import static dev.sallyport.inspect.masking.CheckDigits.date;
import static dev.sallyport.inspect.masking.CheckDigits.luhn;
import static dev.sallyport.inspect.masking.CheckDigits.mod1110;
import static dev.sallyport.inspect.masking.CheckDigits.number;
import static dev.sallyport.inspect.masking.CheckDigits.two;
import static dev.sallyport.inspect.masking.CheckDigits.uniform;
import static dev.sallyport.inspect.masking.CheckDigits.weighted;
import static dev.sallyport.inspect.masking.CheckDigits.weightedFrom;

import dev.sallyport.core.policy.EntityType;
import java.util.ArrayList;
import java.util.List;

/// Every form of number that is found by its digits: shapes as the issuing states and schemes write them, and their
/// check digits. Forms whose check lets too many ordinary numbers pass want a telling word before them.
final class NumberForms {

    private static final List<NumberForm> FORMS = new ArrayList<>();

    static {
        cards();
        americas();
        europe();
        asiaAndAfrica();
        phones();
    }

    private NumberForms() {}

    static List<NumberForm> all() {
        return List.copyOf(FORMS);
    }

    private static void plain(EntityType type, NumberForm.Check check, String... shapes) {
        for (var shape : shapes) {
            FORMS.add(new NumberForm(type, shape, false, check));
        }
    }

    private static void told(EntityType type, NumberForm.Check check, String... shapes) {
        for (var shape : shapes) {
            FORMS.add(new NumberForm(type, shape, true, check));
        }
    }

    private static void cards() {
        plain(
                EntityType.PAYMENT_CARD,
                NumberForms::card,
                "14",
                "15",
                "16",
                "18",
                "19",
                "4 4 4 4",
                "4-4-4-4",
                "4.4.4.4",
                "4 6 5",
                "4-6-5",
                "4 6 4",
                "4-6-4",
                "4 4 4 4 3",
                "4-4-4-4-3");
        told(EntityType.CARD_CODE, (d, n) -> true, "3", "4");
        told(
                EntityType.ABA_ROUTING,
                (d, n) ->
                        weighted(d, 3, 7, 1, 3, 7, 1, 3, 7, 1) % 10 == 0 && !uniform(d, n) && routingPrefix(two(d, 0)),
                "9");
        told(
                EntityType.BANK_ACCOUNT,
                (d, n) -> !uniform(d, n),
                "7",
                "8",
                "9",
                "10",
                "11",
                "12",
                "13",
                "14",
                "16",
                "17");
    }

    private static void americas() {
        NumberForm.Check ssn = (d, n) -> {
            long area = number(d, 0, 3);
            return area != 0 && area != 666 && area < 900 && two(d, 3) != 0 && number(d, 5, 9) != 0 && !uniform(d, n);
        };
        plain(EntityType.US_SSN, ssn, "3-2-4", "3 2 4");
        told(EntityType.US_SSN, ssn, "9", "3.2.4");
        plain(EntityType.US_ITIN, NumberForms::itin, "3-2-4", "3 2 4");
        told(EntityType.US_EIN, (d, n) -> employerPrefix(two(d, 0)) && !uniform(d, n), "2-7", "9");
        NumberForm.Check sin = (d, n) -> d[0] != 0 && d[0] != 8 && luhn(d, 0, n) && !uniform(d, n);
        plain(EntityType.CA_SIN, sin, "3-3-3");
        told(EntityType.CA_SIN, sin, "3 3 3", "9");
        plain(EntityType.BR_CPF, NumberForms::cpf, "11", "3.3.3-2");
        plain(EntityType.BR_CNPJ, NumberForms::cnpj, "14", "2.3.3/4-2");
        plain(EntityType.AR_CUIT, NumberForms::cuit, "11", "2-8-1");
    }

    private static void europe() {
        NumberForm.Check nhs = (d, n) -> {
            int check = 11 - weighted(d, 10, 9, 8, 7, 6, 5, 4, 3, 2) % 11;
            return check != 10 && check % 11 == d[9] && !uniform(d, n);
        };
        plain(EntityType.UK_NHS, nhs, "3 3 4");
        told(EntityType.UK_NHS, nhs, "10", "3-3-4");
        plain(EntityType.DE_STEUER_ID, NumberForms::steuerId, "11", "2 3 3 3");
        plain(EntityType.FR_NIR, NumberForms::nir, "15", "13 2", "1 2 2 2 3 3 2");
        NumberForm.Check bsn = (d, n) -> weighted(d, 9, 8, 7, 6, 5, 4, 3, 2, -1) % 11 == 0 && !uniform(d, n);
        plain(EntityType.NL_BSN, bsn, "4.2.3");
        told(EntityType.NL_BSN, bsn, "9", "4 2 3", "3 3 3");
        plain(EntityType.BE_NRN, NumberForms::nationalRegister, "11", "2.2.2-3.2");
        plain(EntityType.PL_PESEL, NumberForms::pesel, "11");
        NumberForm.Check nip = (d, n) -> weighted(d, 6, 5, 7, 2, 3, 4, 5, 6, 7) % 11 == d[9] && !uniform(d, n);
        plain(EntityType.PL_NIP, nip, "3-3-2-2", "3-2-2-3");
        told(EntityType.PL_NIP, nip, "10");
        told(
                EntityType.PT_NIF,
                (d, n) -> {
                    int check = 11 - weighted(d, 9, 8, 7, 6, 5, 4, 3, 2) % 11;
                    return d[0] != 0 && d[0] != 4 && (check > 9 ? 0 : check) == d[8] && !uniform(d, n);
                },
                "9",
                "3 3 3");
        plain(EntityType.SE_PERSONNUMMER, NumberForms::personnummer, "6-4", "6+4", "8-4", "8+4", "12");
        told(EntityType.SE_PERSONNUMMER, NumberForms::personnummer, "10");
        NumberForm.Check cpr = (d, n) -> date(two(d, 2), two(d, 0));
        plain(EntityType.DK_CPR, cpr, "6-4");
        told(EntityType.DK_CPR, cpr, "10", "6 4");
        plain(EntityType.NO_FODSELSNUMMER, NumberForms::fodselsnummer, "11", "6 5");
        plain(
                EntityType.CH_AHV,
                (d, n) -> number(d, 0, 3) == 756
                        && weighted(d, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1) % 10 == 0
                        && !uniform(d, n),
                "13",
                "3.4.4.2");
        NumberForm.Check svnr = (d, n) -> d[0] != 0
                && weighted(d, 3, 7, 9, 0, 5, 8, 4, 2, 1, 6) % 11 == d[3]
                && two(d, 4) <= 31
                && two(d, 4) > 0
                && two(d, 6) > 0
                && two(d, 6) <= 15;
        plain(EntityType.AT_SVNR, svnr, "4 6");
        told(EntityType.AT_SVNR, svnr, "10");
        NumberForm.Check rodne = (d, n) -> {
            int month = two(d, 2) % 50;
            return date(month > 20 ? month - 20 : month, two(d, 4)) && (n == 9 || number(d, 0, 10) % 11 == 0);
        };
        plain(EntityType.CZ_RODNE_CISLO, rodne, "6/4");
        told(EntityType.CZ_RODNE_CISLO, rodne, "6/3", "10");
        plain(EntityType.RO_CNP, NumberForms::cnp, "13");
        told(EntityType.HR_OIB, (d, n) -> mod1110(d, n) && !uniform(d, n), "11");
        plain(EntityType.EE_ISIKUKOOD, NumberForms::isikukood, "11");
    }

    private static void asiaAndAfrica() {
        NumberForm.Check aadhaar = (d, n) -> d[0] >= 2 && CheckDigits.verhoeff(d, n) && !uniform(d, n);
        plain(EntityType.IN_AADHAAR, aadhaar, "4 4 4", "4-4-4");
        told(EntityType.IN_AADHAAR, aadhaar, "12");
        NumberForm.Check tfn = (d, n) -> weighted(d, 1, 4, 3, 7, 5, 8, 6, 9, 10) % 11 == 0 && !uniform(d, n);
        told(EntityType.AU_TFN, tfn, "9", "3 3 3", "3-3-3");
        NumberForm.Check medicare =
                (d, n) -> d[0] >= 2 && d[0] <= 6 && weighted(d, 1, 3, 7, 9, 1, 3, 7, 9) % 10 == d[8] && d[9] != 0;
        plain(EntityType.AU_MEDICARE, medicare, "4 5 1", "4-5-1");
        told(EntityType.AU_MEDICARE, medicare, "10", "11");
        plain(
                EntityType.ZA_ID,
                (d, n) -> date(two(d, 2), two(d, 4)) && d[10] <= 2 && luhn(d, 0, n) && !uniform(d, n),
                "13",
                "6 4 3",
                "6 4 2 1");
        plain(EntityType.TR_TCKN, NumberForms::tckn, "11");
        told(EntityType.PASSPORT, (d, n) -> !uniform(d, n), "8", "9");
        plain(EntityType.CN_RESIDENT_ID, (d, n) -> residentId(d, d[17]), "18");
        NumberForm.Check rrn = (d, n) ->
                date(two(d, 2), two(d, 4)) && (11 - weighted(d, 2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5) % 11) % 10 == d[12];
        // since October 2020 the last six digits are random: with its hyphen, the date and the digit of sex must do
        plain(EntityType.KR_RRN, (d, n) -> date(two(d, 2), two(d, 4)) && d[6] >= 1 && d[6] <= 8, "6-7");
        plain(EntityType.KR_RRN, (d, n) -> rrn.valid(d, n) && d[6] >= 1 && d[6] <= 8, "13");
        NumberForm.Check myNumber = (d, n) -> {
            int rest = weighted(d, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2) % 11;
            return (rest <= 1 ? 0 : 11 - rest) == d[11] && !uniform(d, n);
        };
        told(EntityType.JP_MY_NUMBER, myNumber, "12", "4 4 4", "4-4-4");
        NumberForm.Check thai = (d, n) -> d[0] > 0
                && d[0] < 9
                && (11 - weighted(d, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2) % 11) % 10 == d[12]
                && !uniform(d, n);
        plain(EntityType.TH_ID, thai, "1-4-5-2-1", "1 4 5 2 1");
        plain(
                EntityType.AE_EMIRATES_ID,
                (d, n) -> number(d, 0, 3) == 784 && luhn(d, 0, n) && number(d, 3, 7) >= 1900 && number(d, 3, 7) < 2100,
                "15",
                "3-4-7-1");
    }

    /// Numbers as they are written within a country. With `+` see [Phones].
    private static void phones() {
        NumberForm.Check american = (d, n) -> {
            int at = n - 10;
            return (at == 0 || d[0] == 1) && d[at] >= 2 && d[at + 3] >= 2 && !(d[at + 1] == 1 && d[at + 2] == 1);
        };
        plain(EntityType.PHONE, american, "3-3-4", "3.3.4", "3 3 4", "1-3-3-4", "1 3 3 4", "1.3.3.4", "3 3-4");
        NumberForm.Check french = (d, n) -> d[0] == 0 && d[1] != 0;
        plain(EntityType.PHONE, french, "2 2 2 2 2", "2.2.2.2.2", "2-2-2-2-2");
        NumberForm.Check trunk = (d, n) -> d[0] == 0 && d[1] != 0;
        plain(EntityType.PHONE, trunk, "3 4 4", "4 3 4", "5 6", "5 3 3", "3 7", "3 8", "4 6", "4 7", "4 8", "5 7");
        plain(
                EntityType.PHONE,
                trunk,
                "3/6",
                "3/7",
                "3/8",
                "4/6",
                "4/7",
                "4/8",
                "5/6",
                "5/7",
                "3-4-4",
                "2-4-4",
                "4-3-3");
        plain(
                EntityType.PHONE,
                trunk,
                "2-8",
                "3-7",
                "4-6",
                "4-7",
                "4-8",
                "2 8",
                "2 4 4",
                "4 3 3",
                "4 4 4",
                "4 2 2 2",
                "3 3 2 2");
        plain(EntityType.PHONE, (d, n) -> d[0] >= 6, "5 5", "5-5");
        plain(EntityType.PHONE, (d, n) -> d[0] == 1 && d[1] >= 3, "3 4 4", "3-4-4");
        told(EntityType.PHONE, (d, n) -> !uniform(d, n), "7", "8", "9", "10", "11", "12", "13", "14");
        told(
                EntityType.PHONE,
                (d, n) -> !uniform(d, n),
                "3 3 3",
                "3-4",
                "3 4",
                "3 2 2",
                "3 2 2 2",
                "2 3 4",
                "4-4",
                "4 4");
    }

    /// Issuer ranges with their lengths (ISO/IEC 7812-1 and the schemes' own tables), then Luhn.
    static boolean card(byte[] d, int n) {
        return brand(d, n) && luhn(d, 0, n) && !uniform(d, n);
    }

    private static boolean brand(byte[] d, int n) {
        int two = two(d, 0);
        int three = two * 10 + d[2];
        int four = three * 10 + d[3];
        return switch (n) {
            case 14 -> two == 36 || two == 38 || two == 39 || (three >= 300 && three <= 305);
            case 15 -> two == 34 || two == 37;
            case 16 ->
                d[0] == 4
                        || (two >= 51 && two <= 55)
                        || (four >= 2221 && four <= 2720)
                        || (four >= 2200 && four <= 2204)
                        || four == 6011
                        || two == 65
                        || (three >= 644 && three <= 649)
                        || (four >= 3528 && four <= 3589)
                        || two == 62
                        || two == 60
                        || two == 81
                        || two == 82
                        || two == 50
                        || (two >= 56 && two <= 58)
                        || two == 67
                        || two == 63
                        || two == 36
                        || (three >= 300 && three <= 305);
            case 18 -> two == 62 || two == 67 || four == 6304;
            case 19 -> d[0] == 4 || two == 62 || two == 67 || two == 65 || four == 6011 || four == 6304;
            default -> false;
        };
    }

    private static boolean routingPrefix(int two) {
        return two <= 12 || (two >= 21 && two <= 32) || (two >= 61 && two <= 72) || two == 80;
    }

    private static boolean itin(byte[] d, int n) {
        int group = two(d, 3);
        return d[0] == 9
                && ((group >= 50 && group <= 65) || (group >= 70 && group <= 88) || (group >= 90 && group != 93));
    }

    private static boolean employerPrefix(int two) {
        return two != 0 && two != 7 && two != 8 && two != 9 && two != 17 && two != 18 && two != 19 && two != 28
                && two != 29 && two != 49 && two != 69 && two != 70 && two != 78 && two != 79 && two != 89 && two != 96
                && two != 97;
    }

    private static boolean cpf(byte[] d, int n) {
        int first = weighted(d, 10, 9, 8, 7, 6, 5, 4, 3, 2) * 10 % 11 % 10;
        int second = weighted(d, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2) * 10 % 11 % 10;
        return first == d[9] && second == d[10] && !uniform(d, n);
    }

    private static boolean cnpj(byte[] d, int n) {
        int first = weighted(d, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2) % 11;
        int second = weighted(d, 6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2) % 11;
        return (first < 2 ? 0 : 11 - first) == d[12] && (second < 2 ? 0 : 11 - second) == d[13] && !uniform(d, n);
    }

    private static boolean cuit(byte[] d, int n) {
        int prefix = two(d, 0);
        boolean known = switch (prefix) {
            case 20, 23, 24, 25, 26, 27, 30, 33, 34 -> true;
            default -> false;
        };
        int check = 11 - weighted(d, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2) % 11;
        return known && (check == 11 ? 0 : check) == d[10];
    }

    /// § 139b AO: eleven digits, MOD 11,10; of the first ten exactly one occurs twice or three times.
    private static boolean steuerId(byte[] d, int n) {
        if (d[0] == 0 || !mod1110(d, n)) {
            return false;
        }
        var count = new int[10];
        for (int i = 0; i < 10; i++) {
            count[d[i]]++;
        }
        int repeated = 0;
        for (int c : count) {
            if (c > 3) {
                return false;
            }
            if (c > 1) {
                repeated++;
            }
        }
        return repeated == 1;
    }

    private static boolean nir(byte[] d, int n) {
        int month = two(d, 3);
        boolean monthFits = (month >= 1 && month <= 12) || (month >= 20 && month <= 42) || month >= 50;
        return (d[0] == 1 || d[0] == 2 || d[0] == 3 || d[0] == 4 || d[0] == 7 || d[0] == 8)
                && monthFits
                && 97 - number(d, 0, 13) % 97 == number(d, 13, 15);
    }

    private static boolean nationalRegister(byte[] d, int n) {
        int month = two(d, 2);
        // bis numbers add 20 or 40 to the month; an unknown date is zero
        int plain = month >= 40 ? month - 40 : month >= 20 ? month - 20 : month;
        if (plain > 12 || two(d, 4) > 31 || number(d, 6, 9) == 0 || number(d, 6, 9) == 999) {
            return false;
        }
        long check = number(d, 9, 11);
        return 97 - number(d, 0, 9) % 97 == check || 97 - (2_000_000_000L + number(d, 0, 9)) % 97 == check;
    }

    private static boolean pesel(byte[] d, int n) {
        return date(two(d, 2) % 20, two(d, 4))
                && (10 - weighted(d, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3) % 10) % 10 == d[10]
                && !uniform(d, n);
    }

    private static boolean personnummer(byte[] d, int n) {
        int from = n == 12 ? 2 : 0;
        if (n == 12 && two(d, 0) != 19 && two(d, 0) != 20) {
            return false;
        }
        int day = two(d, from + 4);
        // a coordination number adds 60 to the day
        return date(two(d, from + 2), day > 60 ? day - 60 : day) && luhn(d, from, n);
    }

    private static boolean fodselsnummer(byte[] d, int n) {
        int day = two(d, 0);
        int month = two(d, 2);
        int first = 11 - weighted(d, 3, 7, 6, 1, 8, 9, 4, 5, 2) % 11;
        int second = 11 - weighted(d, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2) % 11;
        // D numbers add 40 to the day, synthetic ones 40 or 80 to the month
        return date(month > 80 ? month - 80 : month > 40 ? month - 40 : month, day > 40 ? day - 40 : day)
                && first % 11 == d[9]
                && second % 11 == d[10]
                && first != 10
                && second != 10;
    }

    private static boolean cnp(byte[] d, int n) {
        int rest = weighted(d, 2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9) % 11;
        return d[0] > 0
                && date(two(d, 3), two(d, 5))
                && two(d, 7) > 0
                && two(d, 7) <= 52
                && (rest == 10 ? 1 : rest) == d[12];
    }

    /// Estonia, and Lithuania, which uses the same.
    private static boolean isikukood(byte[] d, int n) {
        if (d[0] < 1 || d[0] > 8 || !date(two(d, 3), two(d, 5))) {
            return false;
        }
        int check = weighted(d, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1) % 11;
        if (check == 10) {
            check = weighted(d, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3) % 11 % 10;
        }
        return check == d[10];
    }

    private static boolean tckn(byte[] d, int n) {
        int odd = d[0] + d[2] + d[4] + d[6] + d[8];
        int even = d[1] + d[3] + d[5] + d[7];
        return d[0] != 0
                && Math.floorMod(odd * 7 - even, 10) == d[9]
                && (odd + even + d[9]) % 10 == d[10]
                && d[10] % 2 == 0;
    }

    /// GB 11643: region, date, sequence, and ISO 7064 MOD 11-2.
    ///
    /// @param check its last character: 0 to 9, or 10 for `X`
    static boolean residentId(byte[] d, int check) {
        int sum = weightedFrom(d, 0, 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2);
        long year = number(d, 6, 10);
        return d[0] >= 1
                && d[0] <= 8
                && year >= 1880
                && year < 2100
                && date(two(d, 10), two(d, 12))
                && (12 - sum % 11) % 11 == check;
    }
}
