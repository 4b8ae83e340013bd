package dev.sallyport.core.id;

import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/// A 128-bit identifier that sorts by time: 48 bits of milliseconds since 1970, 80 random bits.
///
/// Written as 26 characters of Crockford's base 32, lower case (the ULID specification writes upper case;
/// ours stand in login names and file names, where lower case reads better). Two made in the same
/// millisecond sort in no particular order.
public final class Ulid {

    /// The characters of a ULID: digits and letters without i, l, o and u.
    private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

    static final int LENGTH = 26;

    private static final SecureRandom RANDOM = new SecureRandom();

    private Ulid() {}

    /// A new one for the time `epochMillis`, with bits of the system's random source.
    public static String next(long epochMillis) {
        return of(epochMillis, RANDOM);
    }

    /// A new one from a given source of randomness, for simulations that must repeat themselves.
    public static String of(long epochMillis, RandomGenerator random) {
        var text = new char[LENGTH];
        long time = epochMillis;
        for (int i = 9; i >= 0; i--) {
            text[i] = ALPHABET.charAt((int) (time & 31));
            time >>>= 5;
        }
        for (int i = 10; i < LENGTH; i++) {
            text[i] = ALPHABET.charAt(random.nextInt(32));
        }
        return new String(text);
    }

    /// The time it was made, in milliseconds since 1970.
    public static long epochMillis(String ulid) {
        if (!isUlid(ulid)) {
            throw new IllegalArgumentException("not a ULID");
        }
        long time = 0;
        for (int i = 0; i < 10; i++) {
            time = time << 5 | ALPHABET.indexOf(ulid.charAt(i));
        }
        return time;
    }

    static boolean isUlid(String text) {
        return text.length() == LENGTH && text.charAt(0) <= '7' && text.chars().allMatch(c -> ALPHABET.indexOf(c) >= 0);
    }
}
