package dev.sallyport.edge.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.access.AccessRule;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.edge.EdgeAddress;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.revocation.Revocation;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.core.session.SessionRequest;
import dev.sallyport.core.user.User;
import dev.sallyport.edge.admission.Admission;
import dev.sallyport.edge.admission.Admission.Decision;
import dev.sallyport.edge.admission.Certificates;
import dev.sallyport.edge.admission.LiveSessions;
import dev.sallyport.edge.admission.Sight;
import dev.sallyport.edge.admission.StoreAdmission;
import dev.sallyport.edge.admission.TestDataKeys;
import dev.sallyport.edge.admission.TrustSnapshots;
import dev.sallyport.store.ExampleTenant;
import dev.sallyport.store.LocalDynamo;
import dev.sallyport.store.Store;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Attack class 40: a right is taken away while a session that hangs on it is being admitted.
///
/// Every interleaving of the change, the edge's look into its mailbox and the calls of the admission is played:
/// whichever it is, once the edge has read its mail, the session does not live.
class RevokeWhileAdmittingTest {

    private static final Clock CLOCK = Clock.systemUTC();

    /// More than the calls of any admission.
    private static final int MOST_CALLS = 12;

    private static final Map<String, Consumer<Example>> CHANGES = changes();

    private record Example(Store store, ExampleTenant acme) {}

    @Test
    void whereverTheChangeFallsTheSessionDoesNotLive() {
        int admittedAndEnded = 0;
        int refused = 0;
        for (var change : CHANGES.entrySet()) {
            for (int changeAt = 0; changeAt <= MOST_CALLS; changeAt++) {
                var result = play(change.getKey(), change.getValue(), changeAt, new Random(changeAt));
                admittedAndEnded += result == Result.ENDED ? 1 : 0;
                refused += result == Result.REFUSED ? 1 : 0;
            }
        }
        assertThat(admittedAndEnded).as("some changes came too late to refuse").isPositive();
        assertThat(refused).as("some changes came in time to refuse").isPositive();
    }

    private enum Result {
        REFUSED,
        ENDED
    }

    /// Plays one interleaving: the change falls before call number `changeAt` of the admission; the edge looks
    /// into its mailbox after some of the calls that follow, as the random source says, and once at the end.
    private static Result play(String name, Consumer<Example> change, int changeAt, Random random) {
        var store = LocalDynamo.store();
        var acme = new ExampleTenant(store, "acme");
        var edge = EdgeId.next(CLOCK);
        store.edges().register(new EdgeAddress(edge, "", CLOCK.instant()));
        var live = new LiveSessions();
        var sight = new Sight(System::nanoTime);
        var calls = new AtomicInteger();
        var reader = new MailReader[1];
        var admitting = LocalDynamo.again(store, call -> {
            sight.pulse();
            int number = calls.getAndIncrement();
            if (number == changeAt) {
                change.accept(new Example(store, acme));
            }
            if (number >= changeAt && random.nextInt(3) == 0) {
                reader[0].read();
            }
        });
        // the mail is read over the store that plays nothing
        var admission = new StoreAdmission(admitting, edge, new TestDataKeys(), live, sight, CLOCK, System::nanoTime);
        var judging = new StoreAdmission(store, edge, new TestDataKeys(), live, sight, CLOCK, System::nanoTime);
        reader[0] = new MailReader(
                store,
                edge,
                live,
                judging,
                new TrustSnapshots(store.trustedCas(), store.tenants()),
                sight,
                agent -> {},
                mail -> {});
        sight.beat(sight.reading());
        sight.acted(sight.reading());

        var outcomes = new ArrayList<Outcome>();
        var decision = admission.admit(new Admission.Request(
                Certificates.of(acme.ca(), "alice@example.com"),
                new ConnectionName("bash"),
                new SessionRequest.Shell(Optional.empty()),
                Map.of()));
        if (calls.get() <= changeAt) {
            // the admission was over before its turn came
            change.accept(new Example(store, acme));
        }
        Result result = switch (decision) {
            case Decision.Granted granted -> {
                granted.live().onEnd(outcomes::add);
                sight.pulse();
                reader[0].read();
                assertThat(outcomes)
                        .as("%s before call %d of %d: the session lives on", name, changeAt, calls.get())
                        .hasSize(1);
                granted.live().ended(outcomes.getFirst());
                yield Result.ENDED;
            }
            case Decision.Refused _ -> Result.REFUSED;
            case Decision.Failed(var message) ->
                throw new AssertionError(name + " before call " + changeAt + ": " + message);
        };
        admission.close();
        judging.close();
        assertThat(live.count()).isZero();
        assertThat(store.edges().sessions(edge))
                .as("what was written is closed")
                .isEmpty();
        return result;
    }

    private static Map<String, Consumer<Example>> changes() {
        var changes = new TreeMap<String, Consumer<Example>>();
        changes.put(
                "the user becomes inactive",
                example -> example.store()
                        .users()
                        .update(
                                ExampleTenant.ADMIN,
                                with(example.acme().alice(), Set.of("engineers"), User.Status.INACTIVE))
                        .orThrow());
        changes.put(
                "the user leaves the group",
                example -> example.store()
                        .users()
                        .update(ExampleTenant.ADMIN, with(example.acme().alice(), Set.of(), User.Status.ACTIVE))
                        .orThrow());
        changes.put(
                "the user is deleted",
                example -> example.store()
                        .users()
                        .delete(
                                ExampleTenant.ADMIN,
                                example.acme().id(),
                                example.acme().alice().id())
                        .orThrow());
        changes.put("the rule is deleted", example -> {
            AccessRule rule = example.store().rules().list(example.acme().id()).getFirst();
            example.store()
                    .rules()
                    .delete(ExampleTenant.ADMIN, example.acme().id(), rule.id())
                    .orThrow();
        });
        changes.put(
                "the CA is deleted",
                example -> example.store()
                        .trustedCas()
                        .delete(
                                ExampleTenant.ADMIN,
                                example.acme().id(),
                                example.acme().ca().fingerprint())
                        .orThrow());
        changes.put(
                "the key id is revoked", revoked(example -> new Revocation.CertificateKeyId("id-alice@example.com")));
        changes.put(
                "the serial is revoked",
                revoked(example -> new Revocation.Serial(example.acme().ca().fingerprint(), 1)));
        changes.put(
                "the user's certificates are revoked",
                revoked(example -> new Revocation.AllOf(example.acme().alice().id())));
        changes.put(
                "the connection is deleted",
                example -> example.store()
                        .connections()
                        .delete(
                                ExampleTenant.ADMIN,
                                example.acme().id(),
                                example.acme().bash().id())
                        .orThrow());
        return changes;
    }

    @Test
    void aConnectionMadeAnewWhileItsNamesakeIsAdmittedIsNotMistakenForIt() {
        for (int changeAt = 0; changeAt <= MOST_CALLS; changeAt++) {
            var made = new ArrayList<ConnectionId>();
            var store = LocalDynamo.store();
            var acme = new ExampleTenant(store, "acme");
            var edge = EdgeId.next(CLOCK);
            store.edges().register(new EdgeAddress(edge, "", CLOCK.instant()));
            var live = new LiveSessions();
            var sight = new Sight(System::nanoTime);
            var calls = new AtomicInteger();
            var reader = new MailReader[1];
            int at = changeAt;
            var admitting = LocalDynamo.again(store, call -> {
                sight.pulse();
                if (calls.getAndIncrement() == at) {
                    store.connections()
                            .delete(ExampleTenant.ADMIN, acme.id(), acme.bash().id())
                            .orThrow();
                    made.add(store.connections()
                            .create(
                                    ExampleTenant.ADMIN,
                                    SignedDefinition.sign(
                                            acme.definition(ConnectionId.next(CLOCK), "bash", 1), acme.signer()))
                            .orThrow()
                            .definition()
                            .id());
                    reader[0].read();
                }
            });
            var admission =
                    new StoreAdmission(admitting, edge, new TestDataKeys(), live, sight, CLOCK, System::nanoTime);
            var judging = new StoreAdmission(store, edge, new TestDataKeys(), live, sight, CLOCK, System::nanoTime);
            reader[0] = new MailReader(
                    store,
                    edge,
                    live,
                    judging,
                    new TrustSnapshots(store.trustedCas(), store.tenants()),
                    sight,
                    agent -> {},
                    mail -> {});
            sight.beat(sight.reading());
            sight.acted(sight.reading());

            var decision = admission.admit(new Admission.Request(
                    Certificates.of(acme.ca(), "alice@example.com"),
                    new ConnectionName("bash"),
                    new SessionRequest.Shell(Optional.empty()),
                    Map.of()));

            if (decision instanceof Decision.Granted granted && !made.isEmpty()) {
                List<Outcome> outcomes = new ArrayList<>();
                granted.live().onEnd(outcomes::add);
                if (outcomes.isEmpty()) {
                    assertThat(granted.connection().id())
                            .as("a session of a connection that is gone, change before call %d", at)
                            .isEqualTo(made.getFirst());
                }
                granted.live().ended(new Outcome.UserLeft());
            }
            admission.close();
            judging.close();
        }
    }

    private static Consumer<Example> revoked(java.util.function.Function<Example, Revocation.What> what) {
        return example -> example.store()
                .revocations()
                .revoke(
                        ExampleTenant.ADMIN,
                        new Revocation(
                                example.acme().id(), what.apply(example), "test", Instant.now(), Optional.empty()))
                .orThrow();
    }

    private static User with(User user, Set<String> groups, User.Status status) {
        return new User(
                user.tenant(), user.id(), user.email(), user.subject(), user.name(), groups, status, user.version());
    }
}
