package dev.sallyport.inspect.mysql;

import java.math.BigInteger;
import java.util.Arrays;

/// Signs as MariaDB's `client_ed25519` does: Ed25519 (RFC 8032, section 5.1.6) whose seed is the password itself,
/// of any length. The JDK's signature takes seeds of 32 bytes only, so the group is here.
///
/// Not in constant time: it signs once a login, in the agent, where nobody who could measure it shares the machine.
final class Ed25519 {

    private static final BigInteger TWO = BigInteger.TWO;
    private static final BigInteger P = TWO.pow(255).subtract(BigInteger.valueOf(19));
    private static final BigInteger L = TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
    private static final BigInteger D = BigInteger.valueOf(-121665)
            .multiply(BigInteger.valueOf(121666).modInverse(P))
            .mod(P);
    private static final BigInteger TWICE_D = D.shiftLeft(1).mod(P);

    private static final Point BASE = base();
    private static final Point NEUTRAL = new Point(BigInteger.ZERO, BigInteger.ONE, BigInteger.ONE, BigInteger.ZERO);

    private Ed25519() {}

    /// The signature of `message`, 64 bytes.
    static byte[] sign(byte[] password, byte[] message) {
        var hash = Scrambles.digest("SHA-512", password);
        var secret = secret(hash);
        var prefix = Arrays.copyOfRange(hash, 32, 64);
        var publicKey = BASE.times(secret).encoded();
        var nonce = number(Scrambles.digest("SHA-512", prefix, message)).mod(L);
        var commitment = BASE.times(nonce).encoded();
        var challenge = number(Scrambles.digest("SHA-512", commitment, publicKey, message));
        var answer = nonce.add(challenge.multiply(secret)).mod(L);
        var signature = Arrays.copyOf(commitment, 64);
        System.arraycopy(littleEndian(answer), 0, signature, 32, 32);
        return signature;
    }

    /// The public key that belongs to a password, 32 bytes.
    static byte[] publicKey(byte[] password) {
        return BASE.times(secret(Scrambles.digest("SHA-512", password))).encoded();
    }

    private static BigInteger secret(byte[] hash) {
        var low = Arrays.copyOf(hash, 32);
        low[0] &= (byte) 0xf8;
        low[31] &= 0x7f;
        low[31] |= 0x40;
        return number(low);
    }

    /// A point of the curve in extended coordinates (RFC 8032, section 5.1.4).
    private record Point(BigInteger x, BigInteger y, BigInteger z, BigInteger t) {

        Point plus(Point that) {
            var a = y.subtract(x).multiply(that.y.subtract(that.x)).mod(P);
            var b = y.add(x).multiply(that.y.add(that.x)).mod(P);
            var c = t.multiply(TWICE_D).multiply(that.t).mod(P);
            var d = z.shiftLeft(1).multiply(that.z).mod(P);
            var e = b.subtract(a);
            var f = d.subtract(c);
            var g = d.add(c);
            var h = b.add(a);
            return new Point(
                    e.multiply(f).mod(P),
                    g.multiply(h).mod(P),
                    f.multiply(g).mod(P),
                    e.multiply(h).mod(P));
        }

        Point times(BigInteger factor) {
            var sum = NEUTRAL;
            var doubled = this;
            for (int i = 0; i < factor.bitLength(); i++) {
                if (factor.testBit(i)) {
                    sum = sum.plus(doubled);
                }
                doubled = doubled.plus(doubled);
            }
            return sum;
        }

        byte[] encoded() {
            var inverse = z.modInverse(P);
            var bytes = littleEndian(y.multiply(inverse).mod(P));
            if (x.multiply(inverse).mod(P).testBit(0)) {
                bytes[31] |= (byte) 0x80;
            }
            return bytes;
        }
    }

    /// The base point: y is 4/5, and x the even one of the two that belong to it.
    private static Point base() {
        var y = BigInteger.valueOf(4)
                .multiply(BigInteger.valueOf(5).modInverse(P))
                .mod(P);
        var square = y.multiply(y);
        var xSquare = square.subtract(BigInteger.ONE)
                .multiply(D.multiply(square).add(BigInteger.ONE).modInverse(P))
                .mod(P);
        var x = xSquare.modPow(P.add(BigInteger.valueOf(3)).shiftRight(3), P);
        if (!x.multiply(x).subtract(xSquare).mod(P).equals(BigInteger.ZERO)) {
            x = x.multiply(TWO.modPow(P.subtract(BigInteger.ONE).shiftRight(2), P))
                    .mod(P);
        }
        if (x.testBit(0)) {
            x = P.subtract(x);
        }
        return new Point(x, y, BigInteger.ONE, x.multiply(y).mod(P));
    }

    private static BigInteger number(byte[] littleEndian) {
        var turned = new byte[littleEndian.length];
        for (int i = 0; i < turned.length; i++) {
            turned[i] = littleEndian[turned.length - 1 - i];
        }
        return new BigInteger(1, turned);
    }

    private static byte[] littleEndian(BigInteger number) {
        var bytes = new byte[32];
        var turned = number.toByteArray();
        for (int i = 0; i < turned.length && i < 32; i++) {
            bytes[i] = turned[turned.length - 1 - i];
        }
        return bytes;
    }
}
