package dev.sallyport.agent.secrets;

import dev.sallyport.agent.secrets.AwsStore.Service;
import dev.sallyport.agent.tls.Authorities;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

/// The stores that an agent's operator has given it access to, by the schemes of their references.
///
/// Everything is in the agent's environment, by the names that the stores' own tools know: `VAULT_ADDR`,
/// `VAULT_NAMESPACE`, `VAULT_CACERT`, `VAULT_TOKEN` (see [VaultLogin]), `AWS_REGION`, and what AWS's SDK looks for.
final class Stores {

    private final Map<String, SecretStore> stores;
    private final AwsSigning signing;
    private final Optional<String> region;

    private Stores(Map<String, SecretStore> stores, AwsSigning signing, Optional<String> region) {
        this.stores = Map.copyOf(stores);
        this.signing = signing;
        this.region = region;
    }

    /// What the environment says.
    ///
    /// @throws IllegalArgumentException with a sentence for the operator, when it says what cannot be
    static Stores of(Map<String, String> environment, Clock clock, LongSupplier nanos) {
        // looked for when they are needed: many agents have none
        return of(environment, DefaultCredentialsProvider.builder().build(), Optional.empty(), clock, nanos);
    }

    /// @param aws where AWS's services are; none: at AWS
    static Stores of(
            Map<String, String> environment,
            AwsCredentialsProvider credentials,
            Optional<URI> aws,
            Clock clock,
            LongSupplier nanos) {
        var stores = new TreeMap<String, SecretStore>();
        var address = environment.get("VAULT_ADDR");
        var login = VaultLogin.of(environment);
        if (address != null && login.isPresent()) {
            var vault = checked(address);
            var namespace = Optional.ofNullable(environment.get("VAULT_NAMESPACE"));
            var trust = Optional.ofNullable(environment.get("VAULT_CACERT")).map(file -> trusting(Path.of(file)));
            var client = new StoreClient("Vault", trust);
            var tokens = new Vault.Tokens();
            stores.put("vault", new Vault(vault, namespace, login.get(), client, tokens, false, nanos));
            stores.put("vault-database", new Vault(vault, namespace, login.get(), client, tokens, true, nanos));
        }
        var region = Optional.ofNullable(environment.get("AWS_REGION"))
                .or(() -> Optional.ofNullable(environment.get("AWS_DEFAULT_REGION")));
        var signing = new AwsSigning(credentials, clock);
        var client = new StoreClient("AWS", Optional.empty());
        stores.put("aws-secret", new AwsStore(Service.SECRETS, signing, region, aws, client));
        stores.put("aws-parameter", new AwsStore(Service.PARAMETERS, signing, region, aws, client));
        return new Stores(stores, signing, region);
    }

    Optional<SecretStore> of(String scheme) {
        return Optional.ofNullable(stores.get(scheme));
    }

    AwsSigning aws() {
        return signing;
    }

    Optional<String> region() {
        return region;
    }

    /// Tokens and secrets go there: only by TLS, but on this very machine.
    private static URI checked(String address) {
        try {
            var uri = URI.create(address);
            boolean secure = "https".equals(uri.getScheme());
            if (uri.getHost() != null
                    && (secure
                            || ("http".equals(uri.getScheme())
                                    && InetAddress.getByName(uri.getHost()).isLoopbackAddress()))) {
                return uri;
            }
        } catch (IllegalArgumentException | UnknownHostException e) {
            throw new IllegalArgumentException("VAULT_ADDR is not the address of a Vault", e);
        }
        throw new IllegalArgumentException(
                "VAULT_ADDR is not the address of a Vault: it begins with https:// (http:// only on this machine)");
    }

    private static SSLContext trusting(Path file) {
        try {
            return Authorities.context(Authorities.read(Files.readString(file)));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("VAULT_CACERT is not a file of certificates (PEM)", e);
        }
    }
}
