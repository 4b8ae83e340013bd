package dev.sallyport.edge.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.certificate.Credential;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.edge.EdgeAddress;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.core.session.SessionRequest;
import dev.sallyport.edge.admission.Admission.Decision;
import dev.sallyport.store.ExampleTenant;
import dev.sallyport.store.LocalDynamo;
import dev.sallyport.store.Store;
import dev.sallyport.store.StoreUnavailable;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;

/// Promises P5 and P10: a store that fails, tenants that are alike, and what an asker can tell from the calls.
class StoreFailureTest {

    private static final Clock CLOCK = Clock.systemUTC();

    private final Store store = LocalDynamo.store();
    private final AtomicBoolean broken = new AtomicBoolean();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final Store failing = LocalDynamo.again(store, call -> {
        calls.add(call);
        if (broken.get()) {
            throw SdkClientException.create("the store is gone");
        }
    });
    private final EdgeId edge = EdgeId.next(CLOCK);
    private final LiveSessions live = new LiveSessions();
    private final Sight sight = new Sight(System::nanoTime);
    private final StoreAdmission admission =
            new StoreAdmission(failing, edge, new TestDataKeys(), live, sight, CLOCK, System::nanoTime);

    StoreFailureTest() {
        store.edges().register(new EdgeAddress(edge, "", CLOCK.instant()));
        see();
    }

    @AfterEach
    void close() {
        admission.close();
    }

    @Test
    void aStoreThatFailsIsANo() {
        var acme = new ExampleTenant(store, "acme");
        broken.set(true);

        assertThat(admit(alice(acme), "bash")).isInstanceOf(Decision.Failed.class);
        assertThat(live.count()).isZero();
    }

    @Test
    void anOutcomeIsWrittenWhenTheStoreIsBack() {
        var acme = new ExampleTenant(store, "acme");
        var granted = (Decision.Granted) admit(alice(acme), "bash");
        broken.set(true);

        granted.live().ended(new Outcome.UserLeft());

        await().until(() -> calls.size() > 4);
        assertThat(store.sessions()
                        .get(acme.id(), granted.order().session())
                        .orElseThrow()
                        .live())
                .isTrue();
        broken.set(false);
        await().untilAsserted(() -> assertThat(store.sessions()
                        .get(acme.id(), granted.order().session())
                        .orElseThrow()
                        .live())
                .isFalse());
    }

    @Test
    void aSessionThatWasWrittenWithoutAnAnswerIsClosed() {
        var acme = new ExampleTenant(store, "acme");
        var real = Ledger.of(store);
        var unanswered = (Ledger) Proxy.newProxyInstance(
                Ledger.class.getClassLoader(), new Class<?>[] {Ledger.class}, (proxy, method, arguments) -> {
                    var answer = method.invoke(real, arguments);
                    if (method.getName().equals("start")) {
                        throw new StoreUnavailable("the answer is lost");
                    }
                    return answer;
                });
        var started = new StoreAdmission(unanswered, edge, new TestDataKeys(), live, sight, CLOCK, System::nanoTime);
        see();

        assertThat(ask(started, alice(acme), "bash")).isInstanceOf(Decision.Failed.class);

        assertThat(live.count()).isZero();
        started.close();
        assertThat(store.edges().sessions(edge))
                .as("still live, says the store")
                .isEmpty();
    }

    /// So many at once would wait in the store until their calls count as failed, and be repeated.
    @Test
    void ofManyWhoComeAtOnceAFewAreWrittenAtATime() throws Exception {
        int many = LiveSessions.MOST_OF_USER;
        var acme = new ExampleTenant(store, "acme");
        var real = Ledger.of(store);
        var written = new AtomicInteger();
        var goesOn = new CountDownLatch(1);
        var slow = (Ledger) Proxy.newProxyInstance(
                Ledger.class.getClassLoader(), new Class<?>[] {Ledger.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("start")) {
                        written.incrementAndGet();
                        goesOn.await();
                    }
                    return method.invoke(real, arguments);
                });
        var admitting = new StoreAdmission(slow, edge, new TestDataKeys(), live, sight, CLOCK, System::nanoTime);
        see();

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < many; i++) {
                var _ = threads.submit(() -> admitting.admit(new Admission.Request(
                        alice(acme),
                        new ConnectionName("bash"),
                        new SessionRequest.Shell(Optional.empty()),
                        Map.of())));
            }
            await().untilAsserted(() -> assertThat(live.count()).isEqualTo(many));
            await().untilAsserted(() -> assertThat(written).hasValue(StoreAdmission.STARTS_AT_ONCE));
            assertThat(written).as("while none was answered").hasValue(StoreAdmission.STARTS_AT_ONCE);
            see();
            goesOn.countDown();
        }
        assertThat(written).hasValue(many);
        live.endAll(new Outcome.EdgeLost());
        admitting.close();
    }

    @Test
    void notThereAndNotYoursCostTheSameCalls() {
        var acme = new ExampleTenant(store, "acme");
        acme.connection("secret");
        see();
        admit(alice(acme), "bash");

        var forbidden = callsOf(() -> admission.find(alice(acme), new ConnectionName("secret")));
        var absent = callsOf(() -> admission.find(alice(acme), new ConnectionName("nothing")));

        assertThat(absent).isEqualTo(forbidden).containsExactly("batchGetItem");
    }

    @Test
    void anAdmissionIsOneBatchReadAndOneTransaction() {
        var acme = new ExampleTenant(store, "acme");
        see();
        admit(alice(acme), "bash");

        assertThat(callsOf(() -> admit(alice(acme), "bash"))).containsExactly("batchGetItem", "transactWriteItems");
    }

    @Test
    void thePoliciesOfTenantsThatAreAlikeAreNotMixedUp() {
        // attack class 35: the same names and the same epoch in both; only the rules differ
        var ours = new ExampleTenant(store, "ours");
        var theirs = new ExampleTenant(store, "theirs");
        ours.connection("prod");
        theirs.connection("prod");
        ours.allow("engineers", "prod");
        theirs.allow("engineers", "other");
        assertThat(epoch(ours)).isEqualTo(epoch(theirs));
        see();

        for (int i = 0; i < 3; i++) {
            assertThat(admission.find(alice(ours), new ConnectionName("prod")))
                    .hasValueSatisfying(found -> assertThat(found.tenant()).isEqualTo(ours.id()));
            assertThat(admission.find(alice(theirs), new ConnectionName("prod")))
                    .isEmpty();
            assertThat(admission.find(alice(theirs), new ConnectionName("bash")))
                    .contains(theirs.bash());
        }
    }

    @Test
    void aCertificateOfOneTenantsCaIsNothingInAnother() {
        var ours = new ExampleTenant(store, "ours");
        var theirs = new ExampleTenant(store, "theirs");
        see();
        var genuine = alice(theirs);
        // as if the snapshot named the wrong tenant
        var confused = new Credential(genuine.certificate(), ours.ca(), genuine.login(), genuine.source());

        assertThat(admit(confused, "bash")).isInstanceOf(Decision.Refused.class);
    }

    @Test
    void aChangedPolicyIsUsedAtOnce() {
        var acme = new ExampleTenant(store, "acme");
        see();
        for (int i = 0; i < 5; i++) {
            var name = "c" + i;
            assertThat(admission.find(alice(acme), new ConnectionName(name))).isEmpty();
            acme.connection(name);
            assertThat(admission.find(alice(acme), new ConnectionName(name)))
                    .as("no rule yet")
                    .isEmpty();
            var rule = acme.allow("engineers", name);
            assertThat(admission.find(alice(acme), new ConnectionName(name))).isPresent();
            store.rules().delete(ExampleTenant.ADMIN, acme.id(), rule.id()).orThrow();
            assertThat(admission.find(alice(acme), new ConnectionName(name))).isEmpty();
        }
    }

    @Test
    void aBlindEdgeAdmitsNothingAndFreezesWhatRuns() throws Exception {
        var acme = new ExampleTenant(store, "acme");
        see();
        var granted = (Decision.Granted) admit(alice(acme), "bash");
        assertThat(granted.live().pass()).isTrue();

        sight.leaseLost();

        assertThat(ask(alice(acme), "bash")).isInstanceOf(Decision.Failed.class);
        var passed = new AtomicBoolean();
        var relay = Thread.ofVirtual().start(() -> {
            try {
                passed.set(granted.live().pass());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        await().until(() -> relay.getState() == Thread.State.TIMED_WAITING);
        live.end(granted.order().session(), new Outcome.Killed("test"));
        relay.join();
        assertThat(passed).as("a session that must end passes nothing").isFalse();
    }

    private List<String> callsOf(Runnable work) {
        see();
        calls.clear();
        work.run();
        return new ArrayList<>(calls);
    }

    private long epoch(ExampleTenant tenant) {
        return store.tenants().get(tenant.id()).orElseThrow().epoch();
    }

    private Credential alice(ExampleTenant tenant) {
        return Certificates.of(tenant.ca(), "alice@example.com");
    }

    /// As if the mailbox had just been read.
    private void see() {
        sight.pulse();
        sight.beat(sight.reading());
        sight.acted(sight.reading());
    }

    private Decision admit(Credential credential, String connection) {
        see();
        return ask(credential, connection);
    }

    private Decision ask(Credential credential, String connection) {
        return ask(admission, credential, connection);
    }

    private static Decision ask(Admission of, Credential credential, String connection) {
        return of.admit(new Admission.Request(
                credential, new ConnectionName(connection), new SessionRequest.Shell(Optional.empty()), Map.of()));
    }
}
