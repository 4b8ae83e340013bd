package dev.sallyport.inspect.masking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.policy.DefaultMasking;
import dev.sallyport.core.policy.EntityType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// How well values are found: recall on sentences with a value of each type, precision on those together with rows of
/// ordinary data and near misses, where whatever is found is wrong. The table in `docs/masking.md` is what comes out;
/// run with `-Dmasking=write` to write it anew, and read what changed.
final class CorpusTest {

    private static final Path FILE = Path.of("..", "docs", "masking.md");
    private static final String BEGIN = "<!-- table: written by CorpusTest -->\n";
    private static final String END = "<!-- end of table -->\n";

    /// Sentences and ordinary rows of each kind.
    private static final int EACH = 400;

    private static final int ORDINARY = 20_000;

    /// Published by issuers, standards and payment networks as examples; none was made by the code that is tested.
    private static final Map<EntityType, List<String>> PUBLISHED = published();

    private static Map<EntityType, List<String>> published() {
        var map = new EnumMap<EntityType, List<String>>(EntityType.class);
        map.put(
                EntityType.PAYMENT_CARD,
                List.of(
                        "4111111111111111",
                        "4012 8888 8888 1881",
                        "5555-5555-5555-4444",
                        "378282246310005",
                        "6011111111111117",
                        "3530111333300000",
                        "30569309025904",
                        "2223003122003222"));
        map.put(
                EntityType.IBAN,
                List.of(
                        "DE89 3704 0044 0532 0130 00",
                        "GB82WEST12345698765432",
                        "FR14 2004 1010 0505 0001 3M02 606",
                        "NL91ABNA0417164300",
                        "NO9386011117947",
                        "CH9300762011623852957",
                        "MT84MALT011000012345MTLCAST001S"));
        map.put(EntityType.US_SSN, List.of("219-09-9999", "078-05-1120"));
        map.put(EntityType.UK_NINO, List.of("AB123456C", "AB 12 34 56 C"));
        map.put(EntityType.UK_NHS, List.of("943 476 5919"));
        map.put(EntityType.DE_STEUER_ID, List.of("86095742719", "65 929 970 489"));
        map.put(EntityType.DE_PERSONALAUSWEIS, List.of("L01X00T471", "T220001293"));
        map.put(EntityType.FR_NIR, List.of("2 55 08 14 168 025 38", "255081416802538"));
        map.put(EntityType.ES_DNI, List.of("12345678Z", "54362315-K"));
        map.put(EntityType.ES_NIE, List.of("X2482300W", "Z8327649K"));
        map.put(EntityType.IT_CODICE_FISCALE, List.of("RSSMRA85T10A562S", "MRTMTT91D08F205J"));
        map.put(EntityType.NL_BSN, List.of("111222333", "1112.22.333"));
        map.put(EntityType.BE_NRN, List.of("85.07.30-033.28"));
        map.put(EntityType.PL_PESEL, List.of("44051401359", "02070803628"));
        map.put(EntityType.PL_NIP, List.of("123-456-32-18"));
        map.put(EntityType.PT_NIF, List.of("501964843", "123456789"));
        map.put(EntityType.SE_PERSONNUMMER, List.of("811218-9876", "19811218-9876"));
        map.put(EntityType.FI_HETU, List.of("131052-308T"));
        map.put(EntityType.DK_CPR, List.of("211062-5629"));
        map.put(EntityType.NO_FODSELSNUMMER, List.of("15108695088"));
        map.put(EntityType.CH_AHV, List.of("756.9217.0769.85", "7569217076985"));
        map.put(EntityType.AT_SVNR, List.of("1237 010180"));
        map.put(EntityType.CZ_RODNE_CISLO, List.of("710319/2745"));
        map.put(EntityType.RO_CNP, List.of("1630615123457"));
        map.put(EntityType.HR_OIB, List.of("33392005961"));
        map.put(EntityType.EE_ISIKUKOOD, List.of("36805280109"));
        map.put(EntityType.IE_PPS, List.of("6433435F", "6433435OA"));
        map.put(EntityType.BR_CPF, List.of("390.533.447-05"));
        map.put(EntityType.BR_CNPJ, List.of("16.727.230/0001-97"));
        map.put(EntityType.AR_CUIT, List.of("20-05536168-2"));
        map.put(EntityType.MX_CURP, List.of("BOXW310820HNERXN09"));
        map.put(EntityType.IN_AADHAAR, List.of("2341 2341 2346"));
        map.put(EntityType.IN_PAN, List.of("ACUPA7085R"));
        map.put(EntityType.AU_TFN, List.of("123 456 782"));
        map.put(EntityType.AU_MEDICARE, List.of("2123 45670 1"));
        map.put(EntityType.CA_SIN, List.of("123-456-782"));
        map.put(EntityType.ZA_ID, List.of("7503305044089"));
        map.put(EntityType.TR_TCKN, List.of("17291716060"));
        map.put(EntityType.CN_RESIDENT_ID, List.of("11010519491231002X", "360426199101010071"));
        map.put(EntityType.KR_RRN, List.of("971013-9019902".replace("9019902", "1019902")));
        map.put(EntityType.JP_MY_NUMBER, List.of("6214 9832 0257"));
        map.put(EntityType.SG_NRIC, List.of("S1234567D", "F1234567N"));
        map.put(EntityType.TW_ID, List.of("A123456789"));
        map.put(EntityType.TH_ID, List.of("1-2345-45678-78-1"));
        map.put(EntityType.ABA_ROUTING, List.of("021000021", "111000025"));
        map.put(
                EntityType.CRYPTO_WALLET,
                List.of("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"));
        return map;
    }

    @Test
    void publishedExamplesAreFound() {
        PUBLISHED.forEach((type, examples) -> {
            for (var example : examples) {
                assertThat(found(type, Samples.told(type, example)))
                        .as("%s: %s", type, example)
                        .isTrue();
            }
        });
    }

    @Test
    void aWrongCheckDigitIsNone() {
        for (var type : List.of(
                EntityType.PAYMENT_CARD,
                EntityType.IBAN,
                EntityType.UK_NHS,
                EntityType.DE_STEUER_ID,
                EntityType.NL_BSN,
                EntityType.PL_PESEL,
                EntityType.CH_AHV,
                EntityType.BR_CPF,
                EntityType.BR_CNPJ,
                EntityType.IN_AADHAAR,
                EntityType.ZA_ID,
                EntityType.TR_TCKN)) {
            for (var example : PUBLISHED.getOrDefault(type, List.of())) {
                char last = example.charAt(example.length() - 1);
                if (!Character.isDigit(last)) {
                    continue;
                }
                var wrong = example.substring(0, example.length() - 1) + (char) (last == '9' ? '0' : last + 1);
                assertThat(found(type, Samples.told(type, wrong)))
                        .as("%s: %s", type, wrong)
                        .isFalse();
            }
        }
    }

    private static boolean found(EntityType type, String text) {
        return !ScannerTest.fast(text.getBytes(StandardCharsets.UTF_8), EnumSet.of(type))
                .isEmpty();
    }

    /// A sentence about a value, of the kinds that notes, logs and documents are made of.
    private static String sentence(EntityType type, String sample, Random random) {
        var told = Samples.told(type, sample);
        return switch (random.nextInt(6)) {
            case 0 -> told;
            case 1 -> "Customer wrote: " + told + ", please check.";
            case 2 -> "2024-03-0" + (1 + random.nextInt(9)) + " 10:23:45 INFO [worker-3] " + told + " (attempt 2)";
            case 3 -> "id;" + random.nextInt(10000) + ";" + told + ";EUR 12.50";
            case 4 -> "{\"note\": \"" + told + "\", \"n\": 4}";
            default -> "备注：" + told + "。";
        };
    }

    /// What databases are full of, and what looks like something without being it.
    static String ordinary(Random random) {
        return switch (random.nextInt(16)) {
            case 0 -> new UUID(random.nextLong(), random.nextLong()).toString();
            case 1 ->
                Samples.of(EntityType.DATE_OF_BIRTH, random) + " 10:" + (10 + random.nextInt(50)) + ":05.123456+02";
            case 2 -> String.format(Locale.ROOT, "%d.%02d", random.nextInt(100000), random.nextInt(100));
            case 3 -> "ORD-2024-" + Samples.draw(random, 8, Samples.DIGITS);
            case 4 -> Samples.draw(random, 64, "0123456789abcdef");
            case 5 -> Samples.draw(random, 44, Samples.BASE64) + "=";
            case 6 -> (1 + random.nextInt(20)) + " x Widget, blue, size " + (30 + random.nextInt(20)) + " EUR 1,299.00";
            case 7 -> Samples.of(EntityType.PERSON_NAME, random);
            case 8 ->
                "GET /api/v1/orders/" + random.nextInt(1000000) + "?page=" + random.nextInt(50) + " 200 "
                        + random.nextInt(5000) + "ms";
            case 9 -> "SKU" + Samples.draw(random, 6, Samples.DIGITS) + "-" + Samples.draw(random, 2, "ABCDEF");
            case 10 -> String.valueOf(1_600_000_000L + random.nextInt(200_000_000));
            case 11 -> String.valueOf(1_600_000_000_000L + random.nextInt(2_000_000_000));
            case 12 ->
                "version 1." + random.nextInt(30) + "." + random.nextInt(30) + " built "
                        + Samples.draw(random, 7, "0123456789abcdef");
            case 13 -> "@anna said: the meeting is at 10:30, room 4.12; see #1234";
            case 14 -> Samples.draw(random, 10 + random.nextInt(4), Samples.DIGITS);
            default -> "{\"sku\": " + random.nextInt(100000) + ", \"tags\": [\"new\", \"sale\"], \"weight\": 1.5}";
        };
    }

    private record Score(int values, int found, int wrong) {
        double recall() {
            return (double) found / values;
        }

        double precision() {
            return found + wrong == 0 ? 1 : (double) found / (found + wrong);
        }
    }

    private static Map<EntityType, Score> scores() {
        var wrong = new EnumMap<EntityType, Integer>(EntityType.class);
        var all = new Scanner(EnumSet.allOf(EntityType.class));
        var found = new Findings();
        for (int i = 0; i < ORDINARY; i++) {
            var bytes = ordinary(new Random(i)).getBytes(StandardCharsets.UTF_8);
            all.scan(bytes, 0, bytes.length, found);
            for (int hit = 0; hit < found.size(); hit++) {
                wrong.merge(found.type(hit), 1, Integer::sum);
            }
        }
        var scores = new LinkedHashMap<EntityType, Score>();
        for (var type : EntityType.values()) {
            if (Samples.byNameOnly(type)) {
                continue;
            }
            int hits = 0;
            for (int i = 0; i < EACH; i++) {
                var random = new Random(i * 31L);
                var sample = Samples.of(type, random);
                if (found(type, sentence(type, sample, random))) {
                    hits++;
                }
            }
            scores.put(type, new Score(EACH, hits, wrong.getOrDefault(type, 0)));
        }
        return scores;
    }

    @Test
    void theTableIsWhatTheCorpusSays() throws IOException {
        var scores = scores();
        var table = new StringBuilder(BEGIN);
        table.append("| type | class | wants a telling word | telling names of columns | default | recall | wrong in ")
                .append(ORDINARY)
                .append(" ordinary values |\n|---|---|---|---|---|---|---|\n");
        var defaults = new Policy(DefaultMasking.rules()).scanned();
        for (var type : EntityType.values()) {
            var names = TellingNames.of(type).split(",", -1);
            var score = scores.get(type);
            table.append("| `")
                    .append(type.word())
                    .append("` | ")
                    .append(type.entityClass().word())
                    .append(" | ")
                    .append(score == null ? "by name only" : toldOnly(type) ? "yes" : "no")
                    .append(" | ")
                    .append(String.join(", ", List.of(names).subList(0, Math.min(3, names.length))))
                    .append(" | ")
                    .append(defaults.contains(type) ? "masked" : "-")
                    .append(" | ")
                    .append(score == null ? "-" : String.format(Locale.ROOT, "%.3f", score.recall()))
                    .append(" | ")
                    .append(score == null ? "-" : score.wrong())
                    .append(" |\n");
        }
        table.append(END);
        var text = Files.readString(FILE);
        int from = text.indexOf(BEGIN);
        int to = text.indexOf(END) + END.length();
        assertThat(from).as("docs/masking.md has a place for the table").isNotNegative();
        if ("write".equals(System.getProperty("masking"))) {
            text = text.substring(0, from) + table + text.substring(to);
            Files.writeString(FILE, text);
            to = from + table.length();
        }
        assertThat(text.substring(from, to))
                .as("docs/masking.md is not current: run this test with -Dmasking=write, and read what changed")
                .isEqualTo(table.toString());
    }

    private static boolean toldOnly(EntityType type) {
        var forms =
                NumberForms.all().stream().filter(form -> form.type() == type).toList();
        return ContextWords.WORDS.containsKey(type)
                && forms.stream().allMatch(NumberForm::context)
                && type != EntityType.AWS_SECRET_KEY;
    }

    @Test
    void recallAndPrecisionStayAboveTheirFloors() {
        var low = new ArrayList<String>();
        scores().forEach((type, score) -> {
            double floor = type.entityClass() == dev.sallyport.core.policy.EntityClass.CONTACT ? 0.95 : 0.99;
            if (score.recall() < floor) {
                low.add(type + " recall " + score.recall());
            }
            if (score.precision() < 0.95) {
                low.add(type + " precision " + score.precision());
            }
        });
        assertThat(low).isEmpty();
    }

    /// With the default rules an ordinary row stays as it is. Long runs of digits that pass a check digit by
    /// chance are
    /// most of what does not.
    @Test
    void ordinaryValuesAreLeftAlone() {
        var scanner = new Scanner(new Policy(DefaultMasking.rules()).scanned());
        var found = new Findings();
        int masked = 0;
        for (int i = 0; i < ORDINARY; i++) {
            var bytes = ordinary(new Random(i + 7_000_000L)).getBytes(StandardCharsets.UTF_8);
            scanner.scan(bytes, 0, bytes.length, found);
            masked += found.isEmpty() ? 0 : 1;
        }
        assertThat((double) masked / ORDINARY)
                .as("share of ordinary values that were masked")
                .isLessThan(0.02);
    }
}
