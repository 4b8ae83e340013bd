package dev.sallyport.agent.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.session.SessionRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Attack class 15, inside a target.
final class ForwardsTest {

    private static boolean allowed(String pattern, String host, int port) {
        return Forwards.allow(List.of(pattern), new SessionRequest.Forward(host, port));
    }

    @Test
    void aPatternNamesHostAndPort() {
        assertThat(allowed("db.internal:5432", "db.internal", 5432)).isTrue();
        assertThat(allowed("db.internal:5432", "DB.internal.", 5432)).isTrue();
        assertThat(allowed("db.internal:5432", "db.internal", 5433)).isFalse();
        assertThat(allowed("db-*.internal:*", "db-7.internal", 1)).isTrue();
        assertThat(allowed("*.internal:80", "a.b.internal", 80)).isFalse();
        assertThat(allowed("*.internal:80", "dbxinternal", 80)).isFalse();
        assertThat(allowed("10.0.0.*:80", "10.0.0.9", 80)).isTrue();
        assertThat(allowed("*:80", "intranet", 80)).isTrue();
        assertThat(allowed("*:80", "in\ntranet", 80)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST.",
                "127.0.0.1",
                "127.1",
                "0x7f000001",
                "2130706433",
                "0",
                "0.0.0.0",
                "::1",
                "::",
                "::ffff:127.0.0.1",
                "169.254.169.254",
                "fd00:ec2::254",
                "metadata.google.internal",
                "fe80::1%eth0",
                "0177.0.0.1",
                "100.100.100.200",
                "x.localhost"
            })
    void whatIsDelicateMustBeNamedToTheLetter(String host) {
        for (var pattern : List.of("*:*", "*.*:*", "*.*.*.*:*", "*:*:*:*:*:*", "*.*.*:*", "::*:*", "*::*:*")) {
            assertThat(allowed(pattern, host, 80)).describedAs(pattern).isFalse();
        }
    }

    @Test
    void whatIsNamedToTheLetterIsAllowed() {
        assertThat(allowed("localhost:8080", "localhost", 8080)).isTrue();
        assertThat(allowed("127.0.0.1:*", "127.0.0.1", 8080)).isTrue();
        assertThat(allowed("[::1]:8080", "::1", 8080)).isTrue();
    }
}
