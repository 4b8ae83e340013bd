package dev.sallyport.agent.secrets;

import dev.sallyport.core.secret.Secret;
import dev.sallyport.core.secret.SecretReference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/// Resolves references to secrets, where they are used and no earlier. Only what outside stores answer is kept for a
/// while ([KeptSecrets]).
///
/// Files are read only below the agent's own list of folders, links resolved. The agent's key is never given
/// away, and no more is what it logs in to Vault with.
public final class Secrets implements AutoCloseable {

    /// Longest secret, in bytes.
    public static final int LONGEST = 65_536;

    /// Variables that no connection gets.
    private static final Set<String> OWN = Set.of("SALLYPORT_KEY", "VAULT_TOKEN", "SALLYPORT_VAULT_SECRET_ID");

    private static final String DATABASE_TOKEN = "aws-rds-iam";

    /// How often leases are looked at.
    private static final Duration LOOK = Duration.ofSeconds(5);

    private final Map<String, String> environment;
    private volatile List<Path> folders;
    private final Optional<Function<String, Optional<Secret>>> unsealing;
    private final Stores stores;
    private final KeptSecrets kept = new KeptSecrets(System::nanoTime);
    private final Leases leases = new Leases(System::nanoTime);
    private final AtomicBoolean renewing = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);

    /// @param environment the agent's variables
    /// @param folders where files with secrets may lie; none: nowhere
    /// @param unsealing opens what was sealed to this agent's key; empty when it is not for it
    public Secrets(
            Map<String, String> environment,
            List<Path> folders,
            Optional<Function<String, Optional<Secret>>> unsealing) {
        this(environment, folders, unsealing, Stores.of(environment, Clock.systemUTC(), System::nanoTime));
    }

    /// @throws IllegalArgumentException with a sentence for the operator, when the environment names a store wrongly
    Secrets(
            Map<String, String> environment,
            List<Path> folders,
            Optional<Function<String, Optional<Secret>>> unsealing,
            Stores stores) {
        this.environment = Map.copyOf(environment);
        this.folders = List.copyOf(folders);
        this.unsealing = unsealing;
        this.stores = stores;
    }

    /// Who a session logs in to its target as.
    ///
    /// @param user in the place of the connection's, where the store made one for this session
    /// @param password none when the connection has none
    /// @param release to be run when the session has ended
    public record Login(Optional<String> user, Optional<Secret> password, Runnable release) {}

    /// Whom a login is for.
    public record Account(String host, int port, String user) {}

    /// Whether a password is a token, which is good for one login soon and for no later one.
    public static boolean isToken(SecretReference reference) {
        return reference.scheme().equals(DATABASE_TOKEN);
    }

    /// The login of a session.
    ///
    /// @throws Unresolved with a sentence that names no value and no path
    public Login login(Optional<SecretReference> reference, Account account) throws Unresolved, InterruptedException {
        if (reference.isEmpty()) {
            return new Login(Optional.empty(), Optional.empty(), () -> {});
        }
        var scheme = reference.get().scheme();
        if (scheme.equals(DATABASE_TOKEN)) {
            return new Login(Optional.empty(), Optional.of(token(reference.get(), account)), () -> {});
        }
        var store = stores.of(scheme);
        if (store.isEmpty()) {
            return new Login(Optional.empty(), Optional.of(resolve(reference.get())), () -> {});
        }
        var fetched = kept.of(reference.get(), store.get());
        var release = leases.hold(store.get(), fetched)
                .orElseThrow(() -> new Unresolved("the agent holds too many leases: try again later"));
        if (fetched.lease().isPresent()) {
            startRenewing();
        }
        return new Login(fetched.user(), Optional.of(fetched.secret()), release);
    }

    private Secret token(SecretReference reference, Account account) throws Unresolved {
        var region = reference.rest().isEmpty() ? stores.region() : Optional.of(reference.rest());
        try {
            return Secret.of(stores.aws()
                    .databaseToken(
                            region.orElseThrow(() -> new Unresolved("this connection logs in by AWS's IAM, and its"
                                    + " agent knows no region: set AWS_REGION there, or name it in the reference")),
                            account.host(),
                            account.port(),
                            account.user()));
        } catch (SecretStore.StoreOut e) {
            throw new Unresolved("this connection logs in by AWS's IAM, and its agent finds no credentials there", e);
        }
    }

    /// The target did not take what this leads to: it may have been rotated, and is fetched anew the next time.
    public void forget(SecretReference reference) {
        kept.forget(reference);
    }

    private void startRenewing() {
        if (renewing.compareAndSet(false, true)) {
            Thread.ofVirtual().name("leases").start(this::renew);
        }
    }

    private void renew() {
        try {
            while (!closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                leases.renew();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Gives back what stores have made for sessions.
    @Override
    public void close() {
        closed.countDown();
        leases.close();
    }

    /// Files may lie in these folders from now on, and in no others.
    public void folders(List<Path> now) {
        folders = List.copyOf(now);
    }

    /// The secret behind a reference.
    ///
    /// @throws Unresolved with a sentence that names no value and no path
    public Secret resolve(SecretReference reference) throws Unresolved, InterruptedException {
        var store = stores.of(reference.scheme());
        if (store.isPresent()) {
            return standing(kept.of(reference, store.get()), store.get());
        }
        return switch (reference.scheme()) {
            case "text" -> Secret.of(reference.rest());
            case "env" -> variable(reference.rest());
            case "file" -> file(reference.rest());
            case "sealed" -> sealed(reference.rest());
            default ->
                throw new Unresolved("this connection keeps a secret in \"" + reference.scheme()
                        + "\", which its agent does not know");
        };
    }

    /// Only a login has somebody who gives its lease back.
    private static Secret standing(SecretStore.Fetched fetched, SecretStore store)
            throws Unresolved, InterruptedException {
        if (fetched.lease().isEmpty()) {
            return fetched.secret();
        }
        try {
            store.revoke(fetched.lease().get());
        } catch (SecretStore.StoreOut e) {
            throw new Unresolved("the store of this connection's secret does not answer its agent", e);
        }
        throw new Unresolved("this connection names a secret that is made for a time, with its user: only the password"
                + " of a database can be one");
    }

    /// How many references led to a secret, for people.
    public static String resolved(int count) {
        return switch (count) {
            case 0 -> "the connection has none";
            case 1 -> "the agent has the one that the connection names";
            default -> "the agent has the " + count + " that the connection names";
        };
    }

    private Secret variable(String name) throws Unresolved {
        var value = environment.get(name);
        if (value == null || OWN.contains(name)) {
            throw new Unresolved("a variable that this connection needs is not set on its agent");
        }
        return Secret.of(value);
    }

    private Secret file(String name) throws Unresolved {
        try {
            var file = Path.of(name).toRealPath();
            var allowed = new ArrayList<Path>();
            for (var folder : folders) {
                if (Files.isDirectory(folder)) {
                    allowed.add(folder.toRealPath());
                }
            }
            if (!Path.of(name).isAbsolute() || allowed.stream().noneMatch(file::startsWith)) {
                throw new Unresolved("a file that this connection needs is outside the folders that its agent reads");
            }
            if (!Files.isRegularFile(file) || Files.size(file) > LONGEST) {
                throw new Unresolved("a file that this connection needs is no file of at most " + LONGEST + " bytes");
            }
            return Secret.of(withoutLastNewline(Files.readAllBytes(file)));
        } catch (IOException | IllegalArgumentException e) {
            throw new Unresolved("a file that this connection needs cannot be read by its agent", e);
        }
    }

    /// A file with one line is that line: editors end it with a newline that is no part of a password. A file
    /// with more, such as a key, is kept as it is.
    private static byte[] withoutLastNewline(byte[] bytes) {
        var text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (text.indexOf('\n') == text.length() - 1 && text.endsWith("\n")) {
            return text.stripTrailing().getBytes(StandardCharsets.ISO_8859_1);
        }
        return bytes;
    }

    private Secret sealed(String text) throws Unresolved {
        return unsealing
                .flatMap(open -> open.apply(text))
                .orElseThrow(() -> new Unresolved("a secret of this connection is sealed, but not to its agent's key:"
                        + " it has to be entered again"));
    }

    /// A reference that leads nowhere. The message is a sentence for the user.
    public static final class Unresolved extends Exception {

        private static final long serialVersionUID = 1;

        Unresolved(String sentence) {
            super(sentence);
        }

        Unresolved(String sentence, Throwable cause) {
            super(sentence, cause);
        }
    }
}
