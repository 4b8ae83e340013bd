package dev.sallyport.agent.database;

import dev.sallyport.agent.database.DatabaseSocket.Unreachable;
import dev.sallyport.agent.secrets.Secrets;
import dev.sallyport.agent.target.NotOpened;
import dev.sallyport.agent.target.Steps;
import dev.sallyport.agent.target.Target;
import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.DatabaseProtocol;
import dev.sallyport.core.connection.DatabaseTls;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.connection.TestStep;
import dev.sallyport.core.policy.SessionPolicy;
import dev.sallyport.core.secret.Secret;
import dev.sallyport.core.secret.SecretReference;
import dev.sallyport.core.session.Order;
import dev.sallyport.core.session.SessionRequest;
import dev.sallyport.core.tenant.TenantKey;
import dev.sallyport.inspect.database.CancelKey;
import dev.sallyport.inspect.database.ClientStart;
import dev.sallyport.inspect.database.ServerLogin;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.Optional;

/// Opens databases.
///
/// A session's server is dialled when its client has said what it wants, and not before: so that what goes wrong is
/// told in the protocol's own words, and a request to stop another session's statement costs no connection.
public final class DatabaseTargets {

    private final Secrets secrets;
    private final Inspections inspections;
    private final TenantKey key;
    private final Clock clock;
    private final Running running = new Running();

    /// @param key of the tenant: it signs approvals
    public DatabaseTargets(Secrets secrets, Inspections inspections, TenantKey key, Clock clock) {
        this.key = key;
        this.clock = clock;
        this.secrets = secrets;
        this.inspections = inspections;
    }

    public Target open(
            ConnectionDefinition definition, TargetSettings.Database settings, SessionPolicy policy, Order order)
            throws NotOpened {
        var inspection = inspections.of(definition, settings, policy);
        var target = new DatabaseTarget(
                inspection, new Opening(definition, settings, order), new Holding(order, definition, key, clock));
        return switch (order.request()) {
            case SessionRequest.Forward _ -> target;
            case SessionRequest.Exec(var command, var pty) ->
                new SqlTarget(target, Optional.of(new String(command, StandardCharsets.UTF_8)), pty.isPresent());
            case SessionRequest.Shell(var pty) -> new SqlTarget(target, Optional.empty(), pty.isPresent());
            case SessionRequest.Subsystem _ -> throw NotOpened.refused("a database serves no files");
        };
    }

    /// Connects, and leaves.
    public void test(TargetSettings.Database settings, Steps steps) throws NotOpened, InterruptedException {
        steps.step(
                        TestStep.ADDRESS,
                        () -> {
                            try {
                                return DatabaseSocket.open(settings);
                            } catch (Unreachable e) {
                                throw NotOpened.target(e.sentence());
                            }
                        },
                        _ -> "a service answers at " + settings.host() + ", port " + settings.port())
                .close();
    }

    private Optional<Secret> resolve(Optional<SecretReference> reference) throws Unreachable, InterruptedException {
        if (reference.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(secrets.resolve(reference.get()));
        } catch (Secrets.Unresolved e) {
            throw new Unreachable(String.valueOf(e.getMessage()), e);
        }
    }

    private static ServerLogin.Tls tls(DatabaseTls tls) {
        return switch (tls) {
            case DISABLE -> ServerLogin.Tls.DISABLE;
            case PREFER -> ServerLogin.Tls.PREFER;
            case REQUIRE, VERIFY_CA, VERIFY_FULL -> ServerLogin.Tls.REQUIRE;
        };
    }

    private final class Opening implements DatabaseTarget.Opening {

        private final ConnectionDefinition definition;
        private final TargetSettings.Database settings;
        private final Order order;
        private volatile Runnable release = () -> {};
        private volatile Optional<CancelKey> key = Optional.empty();
        private volatile Optional<ServerLogin> used = Optional.empty();

        Opening(ConnectionDefinition definition, TargetSettings.Database settings, Order order) {
            this.definition = definition;
            this.settings = settings;
            this.order = order;
        }

        @Override
        public ServerLogin login(ClientStart start) throws Unreachable, InterruptedException {
            var database = database(start);
            var login = fetched();
            release = login.release();
            var made = new ServerLogin(
                    login.user().orElse(settings.user()),
                    login.password(),
                    database,
                    tls(settings.tls()),
                    settings.tls() == DatabaseTls.VERIFY_CA || settings.tls() == DatabaseTls.VERIFY_FULL,
                    "sallyport " + order.email());
            used = Optional.of(made);
            return made;
        }

        private Secrets.Login fetched() throws Unreachable, InterruptedException {
            try {
                return secrets.login(
                        settings.password(), new Secrets.Account(settings.host(), settings.port(), settings.user()));
            } catch (Secrets.Unresolved e) {
                throw new Unreachable(String.valueOf(e.getMessage()), e);
            }
        }

        @Override
        public ServerLogin again() throws Unreachable, InterruptedException {
            var before = used.orElseThrow(() -> new IllegalStateException("it has not logged in yet"));
            if (!settings.password().map(Secrets::isToken).orElse(false)) {
                return before;
            }
            // a token is good for minutes, and a new one is of the same user
            return new ServerLogin(
                    before.user(),
                    fetched().password(),
                    before.database(),
                    before.tls(),
                    before.cleartext(),
                    before.application());
        }

        private Optional<String> database(ClientStart start) throws Unreachable {
            // a client of PostgreSQL that is told no name takes the user's
            boolean taken = settings.protocol() == DatabaseProtocol.POSTGRES;
            var wanted = start.database().filter(name -> !taken || !name.equals(start.user()) || settings.allows(name));
            if (wanted.isEmpty()) {
                return settings.database();
            }
            if (!settings.allows(wanted.get())) {
                throw new Unreachable("this connection does not lead to the database that you name"
                        + settings.database()
                                .map(name -> ": say " + name + ", or none")
                                .orElse(""));
            }
            return wanted;
        }

        @Override
        public DatabaseSocket connect() throws Unreachable {
            return DatabaseSocket.open(settings);
        }

        @Override
        public ServerTrust trust() throws Unreachable, InterruptedException {
            try {
                return ServerTrust.of(
                        settings.tls(), settings.ca(), settings.certificate(), resolve(settings.privateKey()));
            } catch (GeneralSecurityException e) {
                throw new Unreachable("the connection's certificates cannot be used: have its admin look at them", e);
            }
        }

        @Override
        public void notTaken() {
            settings.password().ifPresent(secrets::forget);
        }

        @Override
        public void released() {
            used = Optional.empty();
            key.ifPresent(running::remove);
            release.run();
        }

        @Override
        public void stoppable(CancelKey given, DatabaseTarget target) {
            key = Optional.of(given);
            running.add(given, order.user(), definition.id(), target);
        }

        @Override
        public void cancel(CancelKey wanted) throws InterruptedException {
            var session = running.of(wanted, order.user(), definition.id());
            if (session.isPresent()) {
                session.get().stopStatement();
            }
        }
    }
}
