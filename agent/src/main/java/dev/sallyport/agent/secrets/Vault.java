package dev.sallyport.agent.secrets;

import com.google.gson.JsonObject;
import dev.sallyport.agent.secrets.Secrets.Unresolved;
import dev.sallyport.core.secret.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/// HashiCorp Vault and OpenBao, by their HTTP API (developer.hashicorp.com/vault/api-docs).
///
/// - `vault:MOUNT/PATH#KEY` a key of the KV engine, version 1; version 2 with `data/` in the path as its API has it,
///   as in `vault:secret/data/shop#password`, and `?version=3` after the path for that version
/// - `vault-database:MOUNT/ROLE` user and password that the database engine makes for the agent, as a lease
///
/// The agent's own token is fetched when it is needed, kept until a third of its time is left, and fetched again
/// when Vault says that it does not count.
final class Vault implements SecretStore {

    private static final Pattern PATH =
            Pattern.compile("[A-Za-z0-9_@-][A-Za-z0-9_.@-]*(/[A-Za-z0-9_@-][A-Za-z0-9_.@-]*)+");
    private static final Pattern VERSION = Pattern.compile("[0-9]{1,9}");

    /// What a token is kept for at least, whatever Vault says of it.
    private static final Duration SHORTEST = Duration.ofSeconds(10);

    private final URI address;
    private final Optional<String> namespace;
    private final VaultLogin login;
    private final StoreClient client;
    private final boolean database;
    private final LongSupplier nanos;
    private final Tokens tokens;

    /// The agent's token, which both engines share.
    static final class Tokens {
        private final ReentrantLock lock = new ReentrantLock();
        private Optional<String> token = Optional.empty();
        private long until;
    }

    /// @param database whether references are to the database engine
    /// @param nanos a monotonic clock
    Vault(
            URI address,
            Optional<String> namespace,
            VaultLogin login,
            StoreClient client,
            Tokens tokens,
            boolean database,
            LongSupplier nanos) {
        this.address = address;
        this.namespace = namespace;
        this.login = login;
        this.client = client;
        this.tokens = tokens;
        this.database = database;
        this.nanos = nanos;
    }

    @Override
    public Fetched fetch(String rest) throws Unresolved, StoreOut, InterruptedException {
        return database ? made(rest) : kept(rest);
    }

    private Fetched kept(String rest) throws Unresolved, StoreOut, InterruptedException {
        int hash = rest.indexOf('#');
        if (hash < 1 || hash == rest.length() - 1) {
            throw new Unresolved("a secret of this connection is in Vault: its reference is vault:MOUNT/PATH#KEY");
        }
        var path = rest.substring(0, hash);
        var key = rest.substring(hash + 1);
        var query = "";
        int question = path.indexOf("?version=");
        if (question > 0) {
            query = path.substring(question);
            if (!VERSION.matcher(path.substring(question + "?version=".length()))
                    .matches()) {
                throw new Unresolved("a secret of this connection is in Vault, with a version that is no number");
            }
            path = path.substring(0, question);
        }
        var answer = read(checked(path) + query);
        var found = answer.at("data", "data").isPresent() ? answer.text("data", "data", key) : answer.text("data", key);
        return Fetched.of(found.orElseThrow(
                () -> new Unresolved("a secret of this connection is in Vault, but not under the key that it names")));
    }

    private Fetched made(String rest) throws Unresolved, StoreOut, InterruptedException {
        var path = checked(rest);
        int slash = path.lastIndexOf('/');
        var answer = read(path.substring(0, slash) + "/creds" + path.substring(slash));
        var user = answer.text("data", "username");
        var password = answer.text("data", "password");
        if (user.isEmpty() || password.isEmpty()) {
            throw new Unresolved("Vault made no user and password for this connection");
        }
        var lease = answer.text("lease_id")
                .filter(id -> !id.isEmpty())
                .map(id -> new Lease(
                        id,
                        Duration.ofSeconds(answer.number("lease_duration")),
                        answer.text("renewable").filter("true"::equals).isPresent()));
        return new Fetched(user, Secret.of(password.get()), lease);
    }

    private static String checked(String path) throws Unresolved {
        if (!PATH.matcher(path).matches()) {
            throw new Unresolved("a secret of this connection is in Vault, at a path that is none");
        }
        return path;
    }

    private StoreClient.Answer read(String path) throws Unresolved, StoreOut, InterruptedException {
        var answer = asked(request(path).GET());
        return switch (answer.status()) {
            case 200 -> answer;
            case 403 -> throw new Unresolved("Vault does not let this connection's agent read a secret that it names");
            case 404 -> throw new Unresolved("a secret that this connection names is not in Vault");
            default -> throw new StoreOut("Vault answered with status " + answer.status());
        };
    }

    /// With the agent's token, and once more with a new one when it does not count any more.
    private StoreClient.Answer asked(HttpRequest.Builder request) throws Unresolved, StoreOut, InterruptedException {
        var answer = client.ask(request.setHeader("X-Vault-Token", token(false)));
        return answer.status() == 403 && !(login instanceof VaultLogin.Token(var token, var _) && token.isPresent())
                ? client.ask(request.setHeader("X-Vault-Token", token(true)))
                : answer;
    }

    @Override
    public Optional<Duration> renew(Lease lease) throws StoreOut, InterruptedException {
        var body = new JsonObject();
        body.addProperty("lease_id", lease.id());
        body.addProperty("increment", lease.length().toSeconds());
        try {
            var answer = asked(request("sys/leases/renew").PUT(BodyPublishers.ofString(body.toString())));
            long seconds = answer.number("lease_duration");
            return answer.status() == 200 && seconds > 0 ? Optional.of(Duration.ofSeconds(seconds)) : Optional.empty();
        } catch (Unresolved e) {
            throw new StoreOut(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public void revoke(Lease lease) throws StoreOut, InterruptedException {
        var body = new JsonObject();
        body.addProperty("lease_id", lease.id());
        try {
            var _ = asked(request("sys/leases/revoke").PUT(BodyPublishers.ofString(body.toString())));
        } catch (Unresolved e) {
            throw new StoreOut(String.valueOf(e.getMessage()), e);
        }
    }

    private HttpRequest.Builder request(String path) {
        var request = HttpRequest.newBuilder(address.resolve("/v1/" + path));
        namespace.ifPresent(name -> request.setHeader("X-Vault-Namespace", name));
        return request;
    }

    private String token(boolean again) throws Unresolved, StoreOut, InterruptedException {
        tokens.lock.lockInterruptibly();
        try {
            if (tokens.token.isEmpty() || again || nanos.getAsLong() - tokens.until >= 0) {
                logIn();
            }
            return tokens.token.orElseThrow();
        } finally {
            tokens.lock.unlock();
        }
    }

    private void logIn() throws Unresolved, StoreOut, InterruptedException {
        switch (login) {
            case VaultLogin.Token(var token, var file) ->
                keep(token.isPresent() ? token.get() : file(file.orElseThrow()), Duration.ofMinutes(1));
            case VaultLogin.AppRole(var mount, var roleId, var secretId, var file) -> {
                var body = new JsonObject();
                body.addProperty("role_id", roleId);
                if (secretId.isPresent() || file.isPresent()) {
                    body.addProperty("secret_id", secretId.isPresent() ? secretId.get() : file(file.get()));
                }
                logIn(mount, body);
            }
            case VaultLogin.Kubernetes(var mount, var role, var file) -> {
                var body = new JsonObject();
                body.addProperty("role", role);
                body.addProperty("jwt", file(file));
                logIn(mount, body);
            }
        }
    }

    private void logIn(String mount, JsonObject body) throws Unresolved, StoreOut, InterruptedException {
        var answer = client.ask(request("auth/" + mount + "/login").POST(BodyPublishers.ofString(body.toString())));
        var token = answer.text("auth", "client_token");
        if (answer.status() != 200 || token.isEmpty()) {
            throw new Unresolved("Vault does not let this connection's agent log in");
        }
        keep(token.get(), Duration.ofSeconds(answer.number("auth", "lease_duration")));
    }

    private void keep(String token, Duration length) {
        tokens.token = Optional.of(token);
        tokens.until = nanos.getAsLong()
                + Math.max(
                        SHORTEST.toNanos(), length.dividedBy(3).multipliedBy(2).toNanos());
    }

    private static String file(Path file) throws Unresolved {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new Unresolved("the agent cannot read the file that it logs in to Vault with", e);
        }
    }
}
