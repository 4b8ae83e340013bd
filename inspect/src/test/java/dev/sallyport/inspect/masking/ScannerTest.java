package dev.sallyport.inspect.masking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.policy.EntityType;
import dev.sallyport.inspect.masking.SlowScanner.Hit;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The scanner finds what its slow reference finds, in texts made of what values, their neighbours and their fakes
/// look like.
final class ScannerTest {

    private static final Set<EntityType> ALL = EnumSet.allOf(EntityType.class);
    private static final List<EntityType> TYPES = List.copyOf(ALL);

    private static final List<String> JOINTS = List.of(
            " ", "", "", ", ", ":", ": ", "=", " = ", "\"", "'", "\\n", "\\\\n", "\n", "\t", "-", ".", "/", "_", "+",
            "(", ")", "@", "ü", "：", "号", "#", "0", "7", "a", "Z", "&", "{", "}", "[", "]", "<", "|", "\\", "  ", "$",
            "::");

    private static final List<String> WORDS = List.of(
            "password",
            "Password",
            "pwd",
            "api_key",
            "client_secret",
            "identified by",
            "secret access key",
            "Bearer",
            "Basic",
            "swift",
            "BIC",
            "routing",
            "ssn",
            "SSN",
            "phone",
            "tel",
            "passport",
            "driver license",
            "nhs",
            "cvv",
            "account number",
            "bsn",
            "nip",
            "nif",
            "cpr",
            "pnr",
            "svnr",
            "rodne",
            "oib",
            "aadhaar",
            "tfn",
            "medicare",
            "sin",
            "my number",
            "ein",
            "ausweis",
            "AccountKey",
            "aws_secret_access_key",
            "the",
            "Street",
            "Baker",
            "rue",
            "Calle",
            "Mayor",
            "Hauptstraße",
            "Kerkstraat",
            "St",
            "via",
            "Via",
            "Roma",
            "http://",
            "postgres://",
            "user",
            "std::vector",
            "10:23:45",
            "2024-01-15",
            "15.01.2024",
            "12.50",
            "v1.2.3",
            "0x1f",
            "550e8400-e29b-41d4-a716-446655440000",
            "eyJ",
            "ghp_",
            "sk-",
            "AKIA",
            "-----BEGIN ",
            "PRIVATE KEY",
            "-----",
            "-----END ",
            "$2a$10$",
            "$6$",
            "png",
            "example.com",
            "+49",
            "+1",
            "221",
            "12",
            "5");

    static List<Hit> fast(byte[] bytes, Set<EntityType> types) {
        return fast(new Scanner(types), bytes, 0, bytes.length);
    }

    private static List<Hit> fast(Scanner scanner, byte[] bytes, int from, int to) {
        var found = new Findings();
        scanner.scan(bytes, from, to, found);
        var hits = new ArrayList<Hit>();
        for (int i = 0; i < found.size(); i++) {
            hits.add(new Hit(found.start(i) - from, found.end(i) - from, found.type(i)));
        }
        return hits;
    }

    private static String text(Random random) {
        var text = new StringBuilder();
        int parts = 1 + random.nextInt(8);
        for (int i = 0; i < parts; i++) {
            int kind = random.nextInt(10);
            if (kind < 5) {
                var type = TYPES.get(random.nextInt(TYPES.size()));
                var sample = Samples.of(type, random);
                if (random.nextInt(8) == 0 && sample.length() > 1) {
                    int cut = random.nextInt(sample.length());
                    sample = sample.substring(0, cut)
                            + JOINTS.get(random.nextInt(JOINTS.size()))
                            + sample.substring(cut);
                }
                text.append(sample);
            } else if (kind < 8) {
                text.append(WORDS.get(random.nextInt(WORDS.size())));
            } else {
                for (int n = random.nextInt(14); n > 0; n--) {
                    text.append(random.nextInt(10));
                }
            }
            text.append(JOINTS.get(random.nextInt(random.nextBoolean() ? 1 : JOINTS.size())));
        }
        return text.toString();
    }

    @Test
    void itFindsWhatTheReferenceFinds() {
        var scanner = new Scanner(ALL);
        for (long seed = 0; seed < Integer.getInteger("masking.texts", 6000); seed++) {
            var text = text(new Random(seed));
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            assertThat(fast(scanner, bytes, 0, bytes.length))
                    .as("seed %d: %s", seed, text)
                    .isEqualTo(SlowScanner.scan(bytes, ALL));
        }
    }

    @Test
    void itFindsTheSameWithAnySetOfTypes() {
        for (long seed = 0; seed < 600; seed++) {
            var random = new Random(seed);
            var types = EnumSet.noneOf(EntityType.class);
            for (int i = 1 + random.nextInt(8); i > 0; i--) {
                types.add(TYPES.get(random.nextInt(TYPES.size())));
            }
            var text = text(random);
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            assertThat(fast(bytes, types))
                    .as("seed %d, %s: %s", seed, types, text)
                    .isEqualTo(SlowScanner.scan(bytes, types));
        }
    }

    @Test
    void whatStandsOutsideOfTheRangeDoesNotCount() {
        var scanner = new Scanner(ALL);
        for (long seed = 0; seed < 1500; seed++) {
            var random = new Random(seed);
            var inner = text(random).getBytes(StandardCharsets.UTF_8);
            var outer = (text(random) + "9").getBytes(StandardCharsets.UTF_8);
            var bytes = new byte[inner.length + 2 * outer.length];
            System.arraycopy(outer, 0, bytes, 0, outer.length);
            System.arraycopy(inner, 0, bytes, outer.length, inner.length);
            System.arraycopy(outer, 0, bytes, outer.length + inner.length, outer.length);
            assertThat(fast(scanner, bytes, outer.length, outer.length + inner.length))
                    .as("seed %d", seed)
                    .isEqualTo(fast(scanner, inner, 0, inner.length));
        }
    }

    @Test
    void anyCutOfATextIsScanned() {
        var scanner = new Scanner(ALL);
        for (var type : EntityType.values()) {
            var bytes = ("a " + Samples.of(type, new Random(5)) + " ü").getBytes(StandardCharsets.UTF_8);
            for (int cut = 0; cut <= bytes.length; cut++) {
                var head = java.util.Arrays.copyOf(bytes, cut);
                assertThat(fast(scanner, head, 0, cut)).isEqualTo(SlowScanner.scan(head, ALL));
            }
        }
    }

    @Test
    void aSampleOfEachTypeThatHasADetectorIsFound() {
        for (var type : EntityType.values()) {
            if (Samples.byNameOnly(type)) {
                continue;
            }
            for (int i = 0; i < 200; i++) {
                var sample = Samples.of(type, new Random(i));
                var text = Samples.told(type, sample);
                assertThat(fast(text.getBytes(StandardCharsets.UTF_8), EnumSet.of(type)))
                        .as("%s in %s", type, text)
                        .isNotEmpty();
            }
        }
    }

    /// No assertion on time: a scanner that is not linear does not come to the end of these.
    @Test
    void hostileTextsAreScannedInOnePass() {
        var scanner = new Scanner(ALL);
        for (var unit : List.of(
                "-----BEGIN PRIVATE KEY-----",
                "password=",
                "eyJaaaaaaaa.",
                "eyJ-",
                "sk-",
                "$1$aaaa",
                "a@",
                "a.",
                "://a:",
                "4 ",
                "1-",
                "+1 ",
                "(0",
                "12 Aa ",
                "AB12 ",
                "::1",
                "1:",
                "Bearer ",
                "\\n",
                "aa:bb:",
                "SG.a.",
                "ssn ",
                "123-45-6789 ",
                "a@b.c",
                "via A ",
                "1 rue A ",
                "--",
                "'",
                "password '")) {
            var bytes = unit.repeat(4_000_000 / unit.length()).getBytes(StandardCharsets.UTF_8);
            assertThat(fast(scanner, bytes, 0, bytes.length).size()).isBetween(0, Findings.MOST);
        }
    }
}
