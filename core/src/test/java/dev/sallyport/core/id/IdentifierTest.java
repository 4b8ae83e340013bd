package dev.sallyport.core.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IdentifierTest {

    @Test
    void idsSortByTheTimeTheyWereMade() {
        var earlier = SessionId.next(Clock.fixed(Instant.ofEpochMilli(1_000), ZoneOffset.UTC));
        var later = SessionId.next(Clock.fixed(Instant.ofEpochMilli(1_001), ZoneOffset.UTC));
        assertThat(earlier.value()).isLessThan(later.value()).startsWith("ses_").hasSize(30);
        assertThat(later.epochMillis()).isEqualTo(1_001);
    }

    @Test
    void theSameRandomnessMakesTheSameUlid() {
        assertThat(Ulid.of(5, new Random(7))).isEqualTo(Ulid.of(5, new Random(7)));
    }

    @Test
    void theLargestTimeComesBack() {
        long largest = (1L << 48) - 1;
        assertThat(Ulid.epochMillis(Ulid.next(largest))).isEqualTo(largest);
    }

    @Test
    void textOfAnotherNounOrFormIsNoId() {
        var session = SessionId.next(Clock.systemUTC()).value();
        for (var text : List.of(
                "",
                "ses_",
                session.toUpperCase(java.util.Locale.ROOT),
                session + "0",
                session.replace("ses_", "usr_"),
                session.replace('_', '-'),
                "ses_8zzzzzzzzzzzzzzzzzzzzzzzzz",
                "ses_" + "i".repeat(26),
                session + "\n")) {
            assertThatThrownBy(() -> new SessionId(text))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining(text.length() > 5 ? text : "\u0000");
        }
    }
}
