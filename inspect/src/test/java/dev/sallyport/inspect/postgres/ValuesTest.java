package dev.sallyport.inspect.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The binary forms are compared with the real server's in `PostgresMaskTest`.
class ValuesTest {

    @ParameterizedTest
    @CsvSource({
        "25, ä€😀",
        "1043, x",
        "114, {\"a\":1}",
        "3802, {\"a\":1}",
        "21, -32768",
        "23, 2147483647",
        "20, -9223372036854775808",
        "26, 4294967295",
        "16, t",
        "2950, 123e4567-e89b-12d3-a456-426614174000",
        "17, \\x00ff10",
        "700, 1.5",
        "701, -2.25",
    })
    void aValueIsTheSameAfterThereAndBack(int type, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var binary = Values.binary(type, bytes).orElseThrow();
        assertThat(Values.text(type, binary))
                .hasValueSatisfying(back -> assertThat(back).isEqualTo(bytes));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "0.00",
                "1",
                "-1",
                "10000",
                "9999",
                "10000.0001",
                "0.0001",
                "0.00001",
                "123456789012345678901234567890",
                "-0.5",
                "12345.6789",
                "100000000",
                "0.1000",
                "1.0",
            })
    void aNumberIsTheSameAfterThereAndBack(String text) {
        assertThat(Numeric.text(Numeric.binary(new BigDecimal(text)))).contains(text);
    }

    @Test
    void numbersOfAnySizeAreTheSameAfterThereAndBack() {
        var random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            var value = new BigDecimal(new BigInteger(random.nextInt(200), random), random.nextInt(30));
            value = random.nextBoolean() ? value : value.negate();
            assertThat(Numeric.text(Numeric.binary(value))).contains(value.toPlainString());
        }
    }

    @Test
    void whatIsNoValueOfItsTypeIsNone() {
        for (int type : new int[] {21, 23, 20, 26, 700, 701, 16, 2950, 1700, 3802}) {
            assertThat(Values.text(type, new byte[] {2, 0, 1})).as("%d", type).isEmpty();
        }
        for (int type : new int[] {21, 23, 20, 700, 701, 2950, 1700}) {
            assertThat(Values.binary(type, "****".getBytes(StandardCharsets.US_ASCII)))
                    .as("%d", type)
                    .isEmpty();
        }
        assertThat(Values.text(600, new byte[16])).as("a point").isEmpty();
    }
}
