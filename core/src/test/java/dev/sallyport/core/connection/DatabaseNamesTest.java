package dev.sallyport.core.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseNamesTest {

    private static TargetSettings.Database leadingTo(Optional<String> database, List<String> databases) {
        return new TargetSettings.Database(
                DatabaseProtocol.POSTGRES,
                "db",
                5432,
                "app",
                Optional.empty(),
                database,
                databases,
                DatabaseTls.DISABLE,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                false,
                List.of(),
                Optional.empty());
    }

    @ParameterizedTest
    @CsvSource({
        "shop, shop, true",
        "shop, shopp, false",
        "shop_*, shop_, true",
        "shop_*, shop_eu, true",
        "shop_*, my_shop_eu, false",
        "*, anything, true",
        "*_test, shop_test, true",
        "*_test, shop_test2, false",
        "a*b*c, abc, true",
        "a*b*c, a1b2c, true",
        "a*b*c, a1c2b, false",
        "a*b*c, ac, false",
        "ab*ba, aba, false",
        "ab*ba, abba, true",
        "a**b, ab, true",
        "s.op, shop, false",
    })
    void aPatternAllowsWhatItMatches(String pattern, String name, boolean allowed) {
        assertThat(leadingTo(Optional.empty(), List.of(pattern)).allows(name)).isEqualTo(allowed);
    }

    @ParameterizedTest
    @CsvSource({"shop, true", "postgres, false"})
    void withoutPatternsOnlyTheOneDatabaseIsAllowed(String name, boolean allowed) {
        assertThat(leadingTo(Optional.of("shop"), List.of()).allows(name)).isEqualTo(allowed);
    }
}
