package dev.sallyport.control.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.id.TenantId;
import dev.sallyport.store.https.Authorities;
import java.time.Clock;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class EnvironmentTest {

    private static final TenantId OPERATOR = TenantId.next(Clock.systemUTC());

    static final Map<String, String> WHOLE = Map.of(
            "SALLYPORT_TABLES", "prod.",
            "SALLYPORT_TENANT_KEYS", "alias/sallyport/tenant/",
            "SALLYPORT_DATA_KEY", "alias/data",
            "SALLYPORT_CHUNK_URL_KEY", "alias/urls",
            "SALLYPORT_BUCKET", "recordings",
            "SALLYPORT_AGENT_DOOR", "agents.example.com:8010",
            "SALLYPORT_AGENT_PIN", Base64.getEncoder().encodeToString(new byte[32]));

    @Test
    void whatAFunctionIsToldIsRead() {
        var more = new HashMap<>(WHOLE);
        more.put("SALLYPORT_SSH_DOOR", "ssh.example.com:22");
        more.put("SALLYPORT_OPERATOR", OPERATOR.value());
        more.put("SALLYPORT_ORIGINS", "https://console.example.com, http://127.0.0.1:5173");

        var read = Environment.of(more);

        assertThat(read.tables()).isEqualTo("prod.");
        assertThat(read.bucket()).isEqualTo("recordings");
        assertThat(read.agentDoor().host()).isEqualTo("agents.example.com");
        assertThat(read.agentDoor().port()).isEqualTo(8010);
        assertThat(read.agentDoor().pin()).hasSize(32);
        assertThat(read.sshDoor().orElseThrow().port()).isEqualTo(22);
        assertThat(read.operator()).contains(OPERATOR);
        assertThat(read.origins()).containsExactlyInAnyOrder("https://console.example.com", "http://127.0.0.1:5173");
        assertThat(Environment.of(WHOLE).origins()).isEmpty();
        assertThat(Environment.of(WHOLE).authorities()).isEqualTo(Authorities.AMAZON);
        more.put("SALLYPORT_AWS_AUTHORITIES", "jdk");
        assertThat(Environment.of(more).authorities()).isEqualTo(Authorities.JDK);
        assertThat(Environment.of(WHOLE).sshDoor()).isEmpty();
        assertThat(Environment.of(WHOLE).operator()).isEmpty();
    }

    @Test
    void allThatIsMissingIsNamedAtOnce() {
        assertThatThrownBy(() -> Environment.of(Map.of()))
                .isInstanceOf(Environment.BadEnvironment.class)
                .message()
                .startsWith("this function cannot start: set SALLYPORT_TABLES: the head of the tables' names;")
                .contains(WHOLE.keySet());
    }

    @Test
    void eachVariableThatIsWrongIsNamedAndItsValueIsNot() {
        var wrong = new HashMap<>(Map.of(
                "SALLYPORT_SSH_DOOR", "@@",
                "SALLYPORT_OPERATOR", "@@",
                "SALLYPORT_ORIGINS", "@@",
                "SALLYPORT_AWS_AUTHORITIES", "@@"));
        WHOLE.keySet().forEach(name -> wrong.put(name, "@@ @@"));
        wrong.forEach((name, value) -> {
            var one = new HashMap<>(WHOLE);
            one.put(name, value);

            assertThatThrownBy(() -> Environment.of(one))
                    .as(name)
                    .isInstanceOf(Environment.BadEnvironment.class)
                    .message()
                    .contains(name)
                    .doesNotContain("@@")
                    .doesNotContain(";");
        });
    }

    @Test
    void aPortThatIsNoneIsRefused() {
        for (var door : new String[] {"host:0", "host:65536", "host", ":22", "host:22:22"}) {
            var one = new HashMap<>(WHOLE);
            one.put("SALLYPORT_AGENT_DOOR", door);

            assertThatThrownBy(() -> Environment.of(one)).as(door).hasMessageContaining("SALLYPORT_AGENT_DOOR");
        }
    }
}
