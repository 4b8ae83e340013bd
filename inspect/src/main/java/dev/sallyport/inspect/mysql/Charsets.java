package dev.sallyport.inspect.mysql;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/// MySQL's character sets by name and by number of a collation (`information_schema.collations`), and Java's names
/// for them.
final class Charsets {

    /// The collation of what is no text at all.
    static final int BINARY = 63;

    /// What clients are greeted in, and we log in with where nobody says otherwise (`utf8mb4_general_ci`).
    static final int UTF8MB4 = 45;

    /// Character sets of the collations 1 to 100; what has no name here is none.
    private static final String[] FIRST =
            (". big5 latin2 dec8 cp850 latin1 hp8 koi8r latin1 latin2 swe7 ascii ujis sjis"
                            + " cp1251 latin1 hebrew . tis620 euckr latin7 latin2 koi8u cp1251 gb2312 greek cp1250 latin2 gbk cp1257"
                            + " latin5 latin1 armscii8 utf8mb3 cp1250 ucs2 cp866 keybcs2 macce macroman cp852 latin7 latin7 macce"
                            + " cp1250 utf8mb4 utf8mb4 latin1 latin1 latin1 cp1251 cp1251 cp1251 macroman utf16 utf16 utf16le"
                            + " cp1256 cp1257 cp1257 utf32 utf32 utf16le binary armscii8 ascii cp1250 cp1256 cp866 dec8 greek hebrew"
                            + " hp8 keybcs2 koi8r koi8u utf8mb3 latin2 latin5 latin7 cp850 cp852 swe7 utf8mb3 big5 euckr gb2312 gbk"
                            + " sjis tis620 ucs2 ujis geostd8 geostd8 latin1 cp932 cp932 eucjpms eucjpms cp1250 .")
                    .split(" ");

    /// MariaDB's collations that do not pad have the number of the one that does, and this.
    private static final int NO_PAD = 1_024;

    private Charsets() {}

    /// The character set of a collation by its number; empty when it is not known.
    static Optional<String> ofCollation(int number) {
        int plain = number > NO_PAD && number < 2 * NO_PAD ? number - NO_PAD : number;
        if (plain > 0 && plain < FIRST.length) {
            return Optional.of(FIRST[plain]).filter(name -> !name.equals("."));
        }
        return Optional.of(
                        within(plain, 101, 124) || within(plain, 672, 703)
                                ? "utf16"
                                : within(plain, 128, 151) || plain == 159 || within(plain, 640, 671)
                                        ? "ucs2"
                                        : within(plain, 160, 183) || within(plain, 736, 767)
                                                ? "utf32"
                                                : within(plain, 192, 215) || plain == 223 || within(plain, 576, 607)
                                                        ? "utf8mb3"
                                                        : within(plain, 224, 247)
                                                                        || within(plain, 255, 323)
                                                                        || within(plain, 608, 639)
                                                                ? "utf8mb4"
                                                                : within(plain, 248, 250) ? "gb18030" : uca1400(plain))
                .filter(name -> !name.isEmpty());
    }

    /// MariaDB's newer collations: 256 numbers for each character set.
    private static String uca1400(int number) {
        return switch (number >> 8) {
            case 8 -> "utf8mb3";
            case 9 -> "utf8mb4";
            case 10 -> "ucs2";
            case 11 -> "utf16";
            case 12 -> "utf32";
            default -> "";
        };
    }

    private static boolean within(int number, int from, int to) {
        return number >= from && number <= to;
    }

    /// Java's character set of MySQL's name; empty when there is none that is the same.
    static Optional<Charset> java(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "utf8mb4", "utf8mb3", "utf8" -> Optional.of(StandardCharsets.UTF_8);
            case "ascii" -> Optional.of(StandardCharsets.US_ASCII);
            // each byte as it is: what counts in statements is ASCII
            case "binary" -> Optional.of(StandardCharsets.ISO_8859_1);
            case "latin1" -> named("windows-1252");
            case "latin2" -> named("ISO-8859-2");
            case "latin5" -> named("ISO-8859-9");
            case "latin7" -> named("ISO-8859-13");
            case "greek" -> named("ISO-8859-7");
            case "hebrew" -> named("ISO-8859-8");
            case "cp850" -> named("IBM850");
            case "cp852" -> named("IBM852");
            case "cp866" -> named("IBM866");
            case "cp1250" -> named("windows-1250");
            case "cp1251" -> named("windows-1251");
            case "cp1256" -> named("windows-1256");
            case "cp1257" -> named("windows-1257");
            case "koi8r" -> named("KOI8-R");
            case "koi8u" -> named("KOI8-U");
            case "macroman" -> named("x-MacRoman");
            case "macce" -> named("x-MacCentralEurope");
            case "tis620" -> named("TIS-620");
            case "big5" -> named("Big5");
            case "gb2312" -> named("GB2312");
            case "gbk" -> named("GBK");
            case "gb18030" -> named("GB18030");
            case "euckr" -> named("EUC-KR");
            case "ujis", "eucjpms" -> named("EUC-JP");
            case "sjis" -> named("Shift_JIS");
            case "cp932" -> named("windows-31j");
            case "ucs2", "utf16" -> Optional.of(StandardCharsets.UTF_16BE);
            case "utf16le" -> Optional.of(StandardCharsets.UTF_16LE);
            case "utf32" -> Optional.of(StandardCharsets.UTF_32BE);
            default -> Optional.empty();
        };
    }

    /// Whether letters of it end in the byte of a backslash, which servers and Java need not take for the same letters.
    static boolean hasBackslashInLetters(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "big5", "gbk", "gb18030", "sjis", "cp932" -> true;
            default -> false;
        };
    }

    private static Optional<Charset> named(String name) {
        return Charset.isSupported(name) ? Optional.of(Charset.forName(name)) : Optional.empty();
    }
}
