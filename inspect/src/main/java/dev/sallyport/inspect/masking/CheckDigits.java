package dev.sallyport.inspect.masking;

/// Algorithms of check digits, over digits as their values 0 to 9.
final class CheckDigits {

    private static final byte[][] DIHEDRAL = {
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
        {1, 2, 3, 4, 0, 6, 7, 8, 9, 5},
        {2, 3, 4, 0, 1, 7, 8, 9, 5, 6},
        {3, 4, 0, 1, 2, 8, 9, 5, 6, 7},
        {4, 0, 1, 2, 3, 9, 5, 6, 7, 8},
        {5, 9, 8, 7, 6, 0, 4, 3, 2, 1},
        {6, 5, 9, 8, 7, 1, 0, 4, 3, 2},
        {7, 6, 5, 9, 8, 2, 1, 0, 4, 3},
        {8, 7, 6, 5, 9, 3, 2, 1, 0, 4},
        {9, 8, 7, 6, 5, 4, 3, 2, 1, 0}
    };
    private static final byte[] PERMUTATION = {1, 5, 7, 6, 2, 8, 3, 0, 9, 4};

    private CheckDigits() {}

    /// Luhn (ISO/IEC 7812-1, annex B) over `d[from..to)`, its last being the check digit.
    static boolean luhn(byte[] d, int from, int to) {
        int sum = 0;
        for (int i = to - 1, place = 0; i >= from; i--, place++) {
            int digit = d[i];
            if ((place & 1) == 1) {
                digit *= 2;
                if (digit > 9) {
                    digit -= 9;
                }
            }
            sum += digit;
        }
        return sum % 10 == 0;
    }

    /// Verhoeff (dihedral group of order ten), the last being the check digit.
    static boolean verhoeff(byte[] d, int n) {
        int check = 0;
        for (int i = 0; i < n; i++) {
            int digit = d[n - 1 - i];
            for (int j = i % 8; j > 0; j--) {
                digit = PERMUTATION[digit];
            }
            check = DIHEDRAL[check][digit];
        }
        return check == 0;
    }

    /// The sum of each of the first digits times its weight.
    static int weighted(byte[] d, int... weights) {
        return weightedFrom(d, 0, weights);
    }

    /// The same from the digit `from` on.
    static int weightedFrom(byte[] d, int from, int... weights) {
        int sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += d[from + i] * weights[i];
        }
        return sum;
    }

    /// ISO/IEC 7064, MOD 11,10, the last being the check digit.
    static boolean mod1110(byte[] d, int n) {
        int product = 10;
        for (int i = 0; i < n - 1; i++) {
            int sum = (d[i] + product) % 10;
            product = (sum == 0 ? 10 : sum) * 2 % 11;
        }
        return (11 - product) % 10 == d[n - 1];
    }

    /// The number that `d[from..to)` spells.
    static long number(byte[] d, int from, int to) {
        long number = 0;
        for (int i = from; i < to; i++) {
            number = number * 10 + d[i];
        }
        return number;
    }

    /// Whether month and day can be of one date (29 February always).
    static boolean date(long month, long day) {
        return month >= 1
                && month <= 12
                && day >= 1
                && day <= (month == 2 ? 29 : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31);
    }

    static int two(byte[] d, int at) {
        return d[at] * 10 + d[at + 1];
    }

    /// Whether all digits are the same: what forms are filled with by those who do not want to say.
    static boolean uniform(byte[] d, int n) {
        for (int i = 1; i < n; i++) {
            if (d[i] != d[0]) {
                return false;
            }
        }
        return true;
    }
}
