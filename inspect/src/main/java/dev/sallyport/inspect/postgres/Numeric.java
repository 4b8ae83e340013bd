package dev.sallyport.inspect.postgres;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Optional;

/// The binary form of `numeric` (`numeric_send`): how many digits of base 10,000, the weight of the first, the sign,
/// how
/// many decimal places are shown, and the digits.
final class Numeric {

    private static final int POSITIVE = 0;
    private static final int NEGATIVE = 0x4000;
    private static final int NOT_A_NUMBER = 0xc000;
    private static final int INFINITY = 0xd000;
    private static final int MINUS_INFINITY = 0xf000;
    private static final BigInteger BASE = BigInteger.valueOf(10_000);

    private Numeric() {}

    static Optional<String> text(byte[] bytes) {
        if (bytes.length < 8 || bytes.length % 2 != 0) {
            return Optional.empty();
        }
        var in = ByteBuffer.wrap(bytes);
        int count = in.getShort() & 0xffff;
        int weight = in.getShort();
        int sign = in.getShort() & 0xffff;
        int scale = in.getShort() & 0xffff;
        if (bytes.length != 8 + 2 * count) {
            return Optional.empty();
        }
        switch (sign) {
            case NOT_A_NUMBER -> {
                return Optional.of("NaN");
            }
            case INFINITY -> {
                return Optional.of("Infinity");
            }
            case MINUS_INFINITY -> {
                return Optional.of("-Infinity");
            }
            default -> {
                // a number
            }
        }
        var digits = new StringBuilder();
        for (int i = 0; i < count; i++) {
            int digit = in.getShort();
            if (digit < 0 || digit >= 10_000) {
                return Optional.empty();
            }
            digits.append("%04d".formatted(digit));
        }
        var unscaled = digits.isEmpty() ? BigInteger.ZERO : new BigInteger(digits.toString());
        var value = new BigDecimal(unscaled, 4 * (count - 1 - weight)).setScale(scale, java.math.RoundingMode.DOWN);
        return Optional.of((sign == NEGATIVE ? value.negate() : value).toPlainString());
    }

    static byte[] binary(BigDecimal value) {
        int scale = Math.max(0, value.scale());
        // a whole number of groups of four places
        int places = (scale + 3) / 4 * 4;
        var rest =
                value.abs().setScale(places, java.math.RoundingMode.UNNECESSARY).unscaledValue();
        var groups = new ArrayList<Integer>();
        while (rest.signum() > 0) {
            var parts = rest.divideAndRemainder(BASE);
            groups.add(parts[1].intValue());
            rest = parts[0];
        }
        int weight = groups.size() - 1 - places / 4;
        int first = 0;
        while (first < groups.size() && groups.get(first) == 0) {
            first++;
        }
        int count = groups.size() - first;
        var out = ByteBuffer.allocate(8 + 2 * count);
        out.putShort((short) count);
        out.putShort((short) (count == 0 ? 0 : weight));
        out.putShort((short) (value.signum() < 0 ? NEGATIVE : POSITIVE));
        out.putShort((short) scale);
        for (int i = groups.size() - 1; i >= first; i--) {
            out.putShort(groups.get(i).shortValue());
        }
        return out.array();
    }
}
