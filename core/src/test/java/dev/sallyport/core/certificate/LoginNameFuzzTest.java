package dev.sallyport.core.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sallyport.core.connection.ConnectionName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;

/// Whatever a client sends as its login name or a CA writes into a certificate (attack class 20).
@Tag("fuzz")
class LoginNameFuzzTest {

    /// The first line is the login name, the others are the certificate's principals.
    @FuzzTest
    void aLoginNameIsTakenApartWithoutLossOrRefused(byte[] bytes) {
        var lines = List.of(new String(bytes, StandardCharsets.UTF_8).split("\n", -1));
        var text = lines.getFirst();
        var principals = lines.subList(1, lines.size());

        var parsed = LoginName.parse(text, principals);

        if (text.isEmpty() || text.length() > LoginName.LONGEST || text.chars().anyMatch(Character::isISOControl)) {
            assertThat(parsed).isEmpty();
        } else if (principals.contains(text)) {
            assertThat(parsed.orElseThrow().login()).isEqualTo(text);
        }
        parsed.ifPresent(name -> {
            var whole = name.login()
                    + name.connection()
                            .map(connection -> "+" + connection.value())
                            .orElse("")
                    + name.tenant().map(tenant -> "=" + tenant).orElse("");
            assertThat(whole).isEqualTo(text);
            assertThat(name.login()).isNotEmpty();
            name.connection()
                    .ifPresent(connection ->
                            assertThat(ConnectionName.of(connection.value())).contains(connection));
            name.tenant().ifPresent(tenant -> assertThat(tenant).matches("[a-z0-9-]{3,40}"));
        });
    }

    /// The first line is the option's value, the second is the client's address.
    @FuzzTest
    void aListOfAddressesNeverLetsInMoreThanItsNetworks(byte[] bytes) {
        var lines = new String(bytes, StandardCharsets.UTF_8).split("\n", 2);
        var addresses = SourceAddresses.parse(lines[0]);

        assertThat(addresses.networks()).hasSizeLessThanOrEqualTo(SourceAddresses.MOST);
        for (var network : addresses.networks()) {
            assertThat(network.address().length).isIn(4, 16);
            assertThat(network.length()).isBetween(0, 8 * network.address().length);
        }
        var client = lines.length > 1 ? lines[1] : "";
        if (addresses.contains(client)) {
            assertThat(addresses.networks()).isNotEmpty();
            // an entry more never shuts anybody out, and one that cannot be read shuts out all
            assertThat(SourceAddresses.parse(lines[0] + ",nonsense").contains(client))
                    .isFalse();
            if (addresses.networks().size() < SourceAddresses.MOST) {
                assertThat(SourceAddresses.parse(lines[0] + ",203.0.113.7").contains(client))
                        .isTrue();
            }
        }
    }
}
