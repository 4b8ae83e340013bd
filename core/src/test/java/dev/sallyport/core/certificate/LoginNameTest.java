package dev.sallyport.core.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.connection.ConnectionName;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LoginNameTest {

    @ParameterizedTest
    @CsvSource({
        "alice, alice, , ",
        "alice+prod-web, alice, prod-web, ",
        "alice=acme, alice, , acme",
        "alice+prod-web=acme, alice, prod-web, acme",
        "alice+x@example.com+prod, alice+x@example.com, prod, ",
        "a=b+prod=acme, a=b, prod, acme",
        "alice+prod=ac, alice+prod=ac, , ",
        "alice+Prod, alice+Prod, , ",
        "alice+, alice+, , ",
    })
    void aLoginNameIsReadFromTheRight(String text, String login, String connection, String tenant) {
        assertThat(LoginName.parse(text, List.of()))
                .contains(new LoginName(
                        login, Optional.ofNullable(connection).map(ConnectionName::new), Optional.ofNullable(tenant)));
    }

    @Test
    void theWholeIsTheLoginWhenItIsAPrincipal() {
        assertThat(LoginName.parse("alice+prod=acme", List.of("alice+prod=acme")))
                .contains(new LoginName("alice+prod=acme", Optional.empty(), Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "+prod", "=acme", "+prod=acme", "a\nb", "a\u0000", "\u001b[2J"})
    void whatIsNoLoginNameIsNone(String text) {
        assertThat(LoginName.parse(text, List.of())).isEmpty();
        assertThat(LoginName.parse("a".repeat(256), List.of())).isEmpty();
    }
}
