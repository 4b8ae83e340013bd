package dev.sallyport.inspect.masking;

import dev.sallyport.core.policy.EntityType;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Set;

/// Addresses of Bitcoin (Base58Check; BIP 173 and 350) and of Ethereum.
final class Wallets {

    private static final String BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private static final String BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private static final int[] GENERATOR = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
    private static final BigInteger RADIX = BigInteger.valueOf(58);

    private final boolean enabled;

    Wallets(Set<EntityType> types) {
        enabled = types.contains(EntityType.CRYPTO_WALLET);
    }

    /// Looks at the word from `start` to `end`.
    void find(byte[] b, int start, int end, Findings found) {
        if (!enabled) {
            return;
        }
        int length = end - start;
        boolean is = switch (b[start]) {
            case '0' -> length == 42 && ethereum(b, start, end);
            case '1', '3' -> length >= 26 && length <= 35 && base58(b, start, end);
            case 'b' ->
                length >= 14 && length <= 74 && b[start + 1] == 'c' && b[start + 2] == '1' && bech32(b, start, end);
            default -> false;
        };
        if (is) {
            found.add(EntityType.CRYPTO_WALLET, start, end);
        }
    }

    private static boolean ethereum(byte[] b, int start, int end) {
        if (b[start + 1] != 'x') {
            return false;
        }
        for (int i = start + 2; i < end; i++) {
            if (Bytes.hex(b[i]) < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean base58(byte[] b, int start, int end) {
        var number = BigInteger.ZERO;
        for (int i = start; i < end; i++) {
            int value = BASE58.indexOf(b[i]);
            if (value < 0) {
                return false;
            }
            number = number.multiply(RADIX).add(BigInteger.valueOf(value));
        }
        var magnitude = number.toByteArray();
        if (magnitude.length > 26) {
            return false;
        }
        var bytes = new byte[25];
        int skip = Math.max(0, magnitude.length - 25);
        if (skip == 1 && magnitude[0] != 0) {
            return false;
        }
        System.arraycopy(magnitude, skip, bytes, 25 - (magnitude.length - skip), magnitude.length - skip);
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            var hash = digest.digest(digest.digest(Arrays.copyOf(bytes, 21)));
            return Arrays.equals(hash, 0, 4, bytes, 21, 25);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    private static boolean bech32(byte[] b, int start, int end) {
        int check = 1;
        for (int value : new int[] {3, 3, 0, 2, 3}) {
            check = step(check, value);
        }
        for (int i = start + 3; i < end; i++) {
            int value = BECH32.indexOf(b[i]);
            if (value < 0) {
                return false;
            }
            check = step(check, value);
        }
        return check == 1 || check == 0x2bc830a3;
    }

    private static int step(int check, int value) {
        int top = check >>> 25;
        int next = (check & 0x1ffffff) << 5 ^ value;
        for (int i = 0; i < 5; i++) {
            if ((top >>> i & 1) == 1) {
                next ^= GENERATOR[i];
            }
        }
        return next;
    }
}
