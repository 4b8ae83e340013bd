package dev.sallyport.agent.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.agent.secrets.SecretStore.StoreOut;
import dev.sallyport.agent.secrets.Secrets.Unresolved;
import dev.sallyport.agent.secrets.StandIn.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;

/// Against answers as Vault's API documentation has them (developer.hashicorp.com/vault/api-docs: secret/kv/kv-v1,
/// secret/kv/kv-v2, secret/databases, auth/approle, auth/kubernetes, system/leases).
class VaultTest {

    @TempDir
    Path folder;

    private StandIn vault;
    private final AtomicLong nanos = new AtomicLong();

    @BeforeEach
    void start() throws Exception {
        vault = new StandIn();
    }

    @AfterEach
    void stop() {
        vault.close();
    }

    private SecretStore store(String scheme, Map<String, String> more) {
        var environment = new HashMap<>(more);
        environment.put("VAULT_ADDR", vault.address().toString());
        return Stores.of(
                        environment,
                        AnonymousCredentialsProvider.create(),
                        Optional.empty(),
                        Clock.systemUTC(),
                        nanos::get)
                .of(scheme)
                .orElseThrow();
    }

    private static String text(SecretStore store, String rest) throws Exception {
        return store.fetch(rest).secret().revealText();
    }

    @Test
    void bothVersionsOfTheKeyValueEngineAreRead() throws Exception {
        vault.on("GET /v1/kv/team/shop", 200, "{\"lease_duration\":2764800,\"data\":{\"password\":\"one\"}}")
                .on(
                        "GET /v1/secret/data/shop",
                        asked -> new Answer(
                                200,
                                "{\"data\":{\"data\":{\"password\":\""
                                        + (asked.uri().getQuery() == null ? "latest" : "third")
                                        + "\"},\"metadata\":{\"version\":4}}}"));
        var store = store("vault", Map.of("VAULT_TOKEN", "hvs.token", "VAULT_NAMESPACE", "eu"));
        assertThat(text(store, "kv/team/shop#password")).isEqualTo("one");
        assertThat(text(store, "secret/data/shop#password")).isEqualTo("latest");
        assertThat(text(store, "secret/data/shop?version=3#password")).isEqualTo("third");
        assertThat(vault.asked).allSatisfy(asked -> {
            assertThat(asked.headers()).containsEntry("x-vault-token", "hvs.token");
            assertThat(asked.headers()).containsEntry("x-vault-namespace", "eu");
        });
    }

    @Test
    void whatIsNotThereIsSaidInASentenceThatNamesNothing() {
        vault.on("GET /v1/kv/shop", 200, "{\"data\":{\"user\":\"x\"}}").on("GET /v1/kv/secret", 403, "{}");
        var store = store("vault", Map.of("VAULT_TOKEN", "hvs.token"));
        for (var rest : new String[] {"kv/shop#password", "kv/none#password", "kv/secret#password", "kv/shop"}) {
            assertThatThrownBy(() -> store.fetch(rest))
                    .isInstanceOf(Unresolved.class)
                    .hasMessageNotContaining("shop")
                    .hasMessageNotContaining("hvs.");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kv/../sys/seal#x",
                "/kv/shop#x",
                "kv/shop?list=true#x",
                "kv/shop?version=x#x",
                "kv//shop#x",
                "kv/sh op#x",
                "kv#x",
                "kv/.hidden#x",
                "kv/shop%2f#x",
                "http://evil/kv#x",
            })
    void aPathThatIsNoneIsNotAskedFor(String rest) {
        var store = store("vault", Map.of("VAULT_TOKEN", "hvs.token"));
        assertThatThrownBy(() -> store.fetch(rest)).isInstanceOf(Unresolved.class);
        assertThat(vault.asked).isEmpty();
    }

    @Test
    void anAppRoleLogsInOnceAndAgainWhenItsTokenIsOld() throws Exception {
        vault.on(
                        "POST /v1/auth/approle/login",
                        200,
                        "{\"auth\":{\"client_token\":\"hvs.made\",\"lease_duration\":3600,\"renewable\":true}}")
                .on("GET /v1/kv/shop", 200, "{\"data\":{\"password\":\"one\"}}");
        var secretId = Files.writeString(folder.resolve("secret-id"), "sid\n");
        var store = store(
                "vault",
                Map.of("SALLYPORT_VAULT_ROLE_ID", "rid", "SALLYPORT_VAULT_SECRET_ID_FILE", secretId.toString()));
        assertThat(text(store, "kv/shop#password")).isEqualTo("one");
        assertThat(text(store, "kv/shop#password")).isEqualTo("one");
        assertThat(vault.count("POST /v1/auth/approle/login")).isEqualTo(1);
        assertThat(vault.asked.getFirst().body()).isEqualTo("{\"role_id\":\"rid\",\"secret_id\":\"sid\"}");
        assertThat(vault.asked.getLast().headers()).containsEntry("x-vault-token", "hvs.made");
        nanos.addAndGet(Duration.ofMinutes(41).toNanos());
        assertThat(text(store, "kv/shop#password")).isEqualTo("one");
        assertThat(vault.count("POST /v1/auth/approle/login")).isEqualTo(2);
    }

    @Test
    void aTokenThatWasRevokedIsFetchedAgain() throws Exception {
        var logins = new AtomicLong();
        vault.on(
                        "POST /v1/auth/kubernetes/login",
                        asked -> new Answer(
                                200,
                                "{\"auth\":{\"client_token\":\"hvs." + logins.incrementAndGet()
                                        + "\",\"lease_duration\":3600}}"))
                .on(
                        "GET /v1/kv/shop",
                        asked -> "hvs.1".equals(asked.headers().get("x-vault-token"))
                                ? new Answer(403, "{\"errors\":[\"permission denied\"]}")
                                : new Answer(200, "{\"data\":{\"password\":\"one\"}}"));
        var jwt = Files.writeString(folder.resolve("token"), "jwt");
        var store = store(
                "vault",
                Map.of(
                        "SALLYPORT_VAULT_KUBERNETES_ROLE",
                        "agent",
                        "SALLYPORT_VAULT_KUBERNETES_TOKEN_FILE",
                        jwt.toString()));
        assertThat(text(store, "kv/shop#password")).isEqualTo("one");
        assertThat(vault.asked.getFirst().body()).isEqualTo("{\"role\":\"agent\",\"jwt\":\"jwt\"}");
        assertThat(logins).hasValue(2);
    }

    @Test
    void theDatabaseEngineMakesAUserForASessionAndTakesItBack() throws Exception {
        vault.on(
                        "GET /v1/database/creds/shop",
                        200,
                        "{\"lease_id\":\"database/creds/shop/2f6a\",\"renewable\":true,\"lease_duration\":600,"
                                + "\"data\":{\"username\":\"v-agent-1\",\"password\":\"made\"}}")
                .on(
                        "PUT /v1/sys/leases/renew",
                        200,
                        "{\"lease_id\":\"database/creds/shop/2f6a\",\"renewable\":true,\"lease_duration\":600}")
                .on("PUT /v1/sys/leases/revoke", 204, "");
        var store = store("vault-database", Map.of("VAULT_TOKEN", "hvs.token"));
        var fetched = store.fetch("database/shop");
        assertThat(fetched.user()).contains("v-agent-1");
        assertThat(fetched.secret().revealText()).isEqualTo("made");

        var leases = new Leases(nanos::get);
        var release = leases.hold(store, fetched).orElseThrow();
        leases.renew();
        assertThat(vault.count("PUT /v1/sys/leases/renew")).isZero();
        nanos.addAndGet(Duration.ofSeconds(401).toNanos());
        leases.renew();
        assertThat(vault.count("PUT /v1/sys/leases/renew")).isEqualTo(1);
        leases.renew();
        assertThat(vault.count("PUT /v1/sys/leases/renew")).isEqualTo(1);

        release.run();
        release.run();
        leases.close();
        org.awaitility.Awaitility.await()
                .untilAsserted(() ->
                        assertThat(vault.count("PUT /v1/sys/leases/revoke")).isEqualTo(1));
        assertThat(vault.asked.getLast().body()).isEqualTo("{\"lease_id\":\"database/creds/shop/2f6a\"}");
    }

    @Test
    void aStoreThatFailsIsOutAndNotEmpty() {
        vault.on("GET /v1/kv/shop", 503, "{\"errors\":[\"Vault is sealed\"]}");
        var store = store("vault", Map.of("VAULT_TOKEN", "hvs.token"));
        assertThatThrownBy(() -> store.fetch("kv/shop#password")).isInstanceOf(StoreOut.class);
        vault.close();
        assertThatThrownBy(() -> store.fetch("kv/shop#password")).isInstanceOf(StoreOut.class);
    }

    @Test
    void secretsDoNotGoOverANetworkInTheClear() {
        for (var address : new String[] {"http://vault.example:8200", "ftp://vault.example", "vault"}) {
            assertThatThrownBy(() -> Stores.of(
                            Map.of("VAULT_ADDR", address, "VAULT_TOKEN", "x"),
                            AnonymousCredentialsProvider.create(),
                            Optional.empty(),
                            Clock.systemUTC(),
                            nanos::get))
                    .as(address)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("VAULT_ADDR");
        }
    }
}
