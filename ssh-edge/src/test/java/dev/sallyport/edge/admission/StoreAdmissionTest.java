package dev.sallyport.edge.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.access.AccessMode;
import dev.sallyport.core.access.AccessRule;
import dev.sallyport.core.access.Conditions;
import dev.sallyport.core.access.TimeWindow;
import dev.sallyport.core.certificate.Credential;
import dev.sallyport.core.certificate.TrustedCa;
import dev.sallyport.core.certificate.TrustedCa.CertificateAttribute;
import dev.sallyport.core.certificate.TrustedCa.UserAttribute;
import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.connection.DatabaseProtocol;
import dev.sallyport.core.connection.DatabaseTls;
import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.RuleId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.core.revocation.Revocation;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.core.session.SessionRequest;
import dev.sallyport.core.tenant.Quotas;
import dev.sallyport.core.user.User;
import dev.sallyport.edge.admission.Admission.Decision;
import dev.sallyport.edge.mailbox.CellMember;
import dev.sallyport.store.ExampleTenant;
import dev.sallyport.store.LocalDynamo;
import dev.sallyport.store.Store;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StoreAdmissionTest {

    private static final Clock CLOCK = Clock.systemUTC();

    private final Store store = LocalDynamo.store();
    private final ExampleTenant acme = new ExampleTenant(store, "acme");
    private final CellMember cell = new CellMember(
            store,
            EdgeId.next(CLOCK),
            () -> "",
            new LiveSessions(),
            new TestDataKeys(),
            CLOCK,
            agent -> {},
            mail -> {},
            () -> {});
    private final Admission admission = cell.admission();
    private final Credential alice = Certificates.of(acme.ca(), "alice@example.com");

    @BeforeEach
    void join() {
        cell.start();
    }

    @AfterEach
    void leave() {
        cell.close();
    }

    @Test
    void whoMayIsAdmittedAndTheSessionIsWrittenWhole() {
        var granted = granted(admit(alice, "bash"));

        var order = granted.order();
        assertThat(order.email()).isEqualTo("alice@example.com");
        assertThat(order.definition().unverified()).isEqualTo(acme.bash());
        var session = store.sessions().get(acme.id(), order.session()).orElseThrow();
        assertThat(session.live()).isTrue();
        assertThat(session.command()).contains("id\\u{1b}[0m");
        assertThat(store.recordings()
                        .get(acme.id(), order.session())
                        .orElseThrow()
                        .state())
                .isEqualTo(RecordingState.LIVE);
        assertThat(store.edges().sessions(cell.edge())).hasSize(1);
        assertThat(actions()).contains("session.started");

        granted.live().ended(new Outcome.Exited(3));

        await().untilAsserted(() -> assertThat(store.sessions()
                        .get(acme.id(), order.session())
                        .orElseThrow()
                        .end())
                .hasValueSatisfying(end -> {
                    assertThat(end.outcome()).isEqualTo("Exited");
                    assertThat(end.exitStatus()).contains(3);
                }));
        assertThat(store.edges().sessions(cell.edge())).isEmpty();
        assertThat(cell.live().count()).isZero();
        assertThat(actions()).contains("session.ended");
    }

    /// Decision 0126: what the control plane signed goes with the order, as it stands, and with the user's groups.
    @Test
    void anOrderForADatabaseCarriesTheTenantsPolicyAndNoOtherDoes() {
        store.policyDocuments().ensure(ExampleTenant.ADMIN, acme.id(), acme.signer());
        var signed = store.policies().policy(acme.id()).orElseThrow().signed();
        var database = new TargetSettings.Database(
                DatabaseProtocol.POSTGRES,
                "db",
                5432,
                "app",
                Optional.empty(),
                Optional.empty(),
                List.of(),
                DatabaseTls.DISABLE,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                true,
                List.of(),
                Optional.empty());
        var bash = acme.bash();
        var changed = new ConnectionDefinition(
                bash.tenant(),
                bash.id(),
                bash.name(),
                bash.version() + 1,
                bash.agent(),
                database,
                bash.recordingRequired(),
                bash.recordingLevel(),
                bash.strict(),
                bash.idle(),
                bash.longest(),
                bash.tags(),
                bash.acceptEnvironment());
        assertThat(granted(admit(alice, "bash")).order().policy()).isEmpty();

        store.connections()
                .update(ExampleTenant.ADMIN, SignedDefinition.sign(changed, acme.signer()))
                .orThrow();
        var order = granted(admit(alice, "bash")).order();
        assertThat(signed).isPresent();
        assertThat(order.policy()).isEqualTo(signed);
        assertThat(order.groups()).containsExactly("engineers");
    }

    @Test
    void aSessionWithoutARecordingSaysSoWhenItIsOver() {
        var granted = granted(admit(alice, "bash"));

        granted.live().unrecorded();
        granted.live().ended(new Outcome.RecordingFailed());

        await().untilAsserted(() -> assertThat(store.recordings()
                        .get(acme.id(), granted.order().session())
                        .orElseThrow()
                        .state())
                .isEqualTo(RecordingState.INCOMPLETE));
    }

    @Test
    void aTenantHasNoMoreSessionsAtOnceThanItsQuotaSays() {
        var first = granted(admit(alice, "bash"));
        store.settings()
                .setQuotas(ExampleTenant.ADMIN, acme.id(), new Quotas(Map.of(Quotas.Noun.SESSIONS, 2), 0))
                .orThrow();
        var second = granted(admit(alice, "bash"));

        assertThat(refused(admit(alice, "bash")).message()).contains("your tenant has as many sessions");

        first.live().ended(new Outcome.Exited(0));
        var third = granted(admit(alice, "bash"));
        second.live().ended(new Outcome.Exited(0));
        third.live().ended(new Outcome.Exited(0));
    }

    @Test
    void notThereAndNotYoursAreTheSameAnswer() {
        acme.connection("secret");

        var absent = refused(admit(alice, "nothing"));
        var forbidden = refused(admit(alice, "secret"));

        assertThat(forbidden.message().replace("secret", "nothing")).isEqualTo(absent.message());
        assertThat(cell.live().count()).isZero();
        assertThat(admission.find(alice, new ConnectionName("secret"))).isEmpty();
        assertThat(admission.permitted(alice)).containsExactly(acme.bash());
        await().untilAsserted(() -> assertThat(actions()).contains("session.refused"));
    }

    @Test
    void withoutARuleNobodyMayAnything() {
        refused(admit(Certificates.of(acme.ca(), "bob@example.com"), "bash"));
    }

    @Test
    void aRuleForOneModeIsNoneForTheOther() {
        store.rules()
                .create(
                        ExampleTenant.ADMIN,
                        acme.id(),
                        new AccessRule(
                                RuleId.next(CLOCK),
                                "bob runs commands",
                                AccessRule.Effect.ALLOW,
                                Set.of(),
                                Set.of(acme.bob().id()),
                                Set.of("bash"),
                                Map.of(),
                                Set.of(AccessMode.EXEC),
                                1))
                .orThrow();
        var bob = Certificates.of(acme.ca(), "bob@example.com");

        granted(admit(bob, "bash"));
        refused(admission.admit(new Admission.Request(
                bob, new ConnectionName("bash"), new SessionRequest.Shell(Optional.empty()), Map.of())));
    }

    @Test
    void aCertificateThatNamesNobodyOrTwoOrSomebodyInactiveIsRefusedAlike() {
        acme.user("carol", Set.of("engineers"));
        store.users()
                .update(ExampleTenant.ADMIN, with(acme.user("dan", Set.of("engineers")), User.Status.INACTIVE))
                .orThrow();

        var messages = new ArrayList<String>();
        for (var principals : List.of(
                new String[] {"nobody@example.com"},
                new String[] {"alice@example.com", "carol@example.com"},
                new String[] {"dan@example.com"})) {
            messages.add(refused(admit(Certificates.of(acme.ca(), principals), "bash"))
                    .message());
        }

        assertThat(Set.copyOf(messages)).hasSize(1);
        granted(admit(Certificates.of(acme.ca(), "clear", "alice@example.com", "Alice@Example.com"), "bash"));
    }

    @Test
    void eachMappingFindsTheUser() {
        for (var from : CertificateAttribute.values()) {
            for (var to : UserAttribute.values()) {
                var mapped = new TrustedCa(
                        acme.id(), acme.ca().fingerprint(), acme.ca().publicKey(), from, to);
                var config = store.trustedCas().config(acme.id());
                store.trustedCas()
                        .apply(
                                ExampleTenant.ADMIN,
                                new dev.sallyport.core.sshserver.SshServerConfig(
                                        acme.id(), from, to, Optional.empty(), config.version()),
                                List.of(mapped),
                                List.of())
                        .orThrow();
                var name = switch (to) {
                    case USER_ID -> acme.alice().id().value();
                    case SUBJECT -> "subject-alice";
                    case EMAIL -> "alice@example.com";
                };
                var other = "somebody else";
                // the door still has the mapping of before in its snapshot: the one that counts is the store's
                var credential = from == CertificateAttribute.PRINCIPAL
                        ? Certificates.of(acme.ca(), 7, other, Instant.now().plusSeconds(60), name)
                        : Certificates.of(acme.ca(), 7, name, Instant.now().plusSeconds(60), other);
                granted(admit(credential, "bash"));
                granted(admit(
                        new Credential(credential.certificate(), mapped, credential.login(), credential.source()),
                        "bash"));
            }
        }
    }

    /// By its id and its subject, never by its name: certificates are full of short names that mean other things.
    @Test
    void aCertificateMeansAServiceAccountByItsIdOrSubjectOnly() {
        var id = UserId.nextServiceAccount(CLOCK);
        store.users()
                .create(
                        ExampleTenant.ADMIN,
                        new User(
                                acme.id(),
                                id,
                                "deploy-bot",
                                Optional.of("spiffe://deploy"),
                                "deploy-bot",
                                Set.of("engineers"),
                                User.Status.ACTIVE,
                                1))
                .orThrow();

        assertThat(refused(admit(Certificates.of(acme.ca(), "deploy-bot"), "bash"))
                        .message())
                .contains("no active user");
        mapsTo(UserAttribute.SUBJECT);
        refused(admit(Certificates.of(acme.ca(), "deploy-bot"), "bash"));
        granted(admit(Certificates.of(acme.ca(), "spiffe://deploy"), "bash"));
        mapsTo(UserAttribute.USER_ID);
        refused(admit(Certificates.of(acme.ca(), "deploy-bot"), "bash"));
        var session = granted(admit(Certificates.of(acme.ca(), id.value()), "bash"));
        assertThat(session.order().user()).isEqualTo(id);
        assertThat(session.order().email()).isEqualTo("deploy-bot");

        var outcomes = new CopyOnWriteArrayList<Outcome>();
        session.live().onEnd(outcomes::add);
        store.users().delete(ExampleTenant.ADMIN, acme.id(), id).orThrow();
        await().untilAsserted(() -> assertThat(outcomes).singleElement().isInstanceOf(Outcome.Revoked.class));
    }

    private void mapsTo(UserAttribute to) {
        var from = CertificateAttribute.PRINCIPAL;
        var config = store.trustedCas().config(acme.id());
        store.trustedCas()
                .apply(
                        ExampleTenant.ADMIN,
                        new dev.sallyport.core.sshserver.SshServerConfig(
                                acme.id(), from, to, Optional.empty(), config.version()),
                        List.of(new TrustedCa(
                                acme.id(), acme.ca().fingerprint(), acme.ca().publicKey(), from, to)),
                        List.of())
                .orThrow();
    }

    @Test
    void everyKindOfRevocationRefuses() {
        var certificate = alice.certificate();
        for (var what : List.of(
                new Revocation.Serial(acme.ca().fingerprint(), certificate.serial()),
                new Revocation.CertificateKeyId(certificate.keyId()),
                new Revocation.Key(certificate.keyFingerprint()),
                new Revocation.Ca(acme.ca().fingerprint()),
                new Revocation.AllOf(acme.alice().id()))) {
            store.revocations()
                    .revoke(
                            ExampleTenant.ADMIN,
                            new Revocation(acme.id(), what, "test", Instant.now(), Optional.empty()))
                    .orThrow();
            assertThat(refused(admit(alice, "bash")).message()).as(what.key()).contains("revoked");
            store.revocations().delete(ExampleTenant.ADMIN, acme.id(), what).orThrow();
            granted(admit(alice, "bash"));
        }
    }

    @Test
    void aRevocationThatRanOutIsNone() {
        store.revocations()
                .revoke(
                        ExampleTenant.ADMIN,
                        new Revocation(
                                acme.id(),
                                new Revocation.Key(alice.certificate().keyFingerprint()),
                                "test",
                                Instant.now(),
                                Optional.of(Instant.now().minusSeconds(5))))
                .orThrow();

        granted(admit(alice, "bash"));
    }

    @Test
    void anExpiredCertificateIsRefused() {
        var expired = Certificates.of(acme.ca(), 1, "old", Instant.now().minusSeconds(1), "alice@example.com");

        assertThat(refused(admit(expired, "bash")).message()).contains("expired");
    }

    @Test
    void aSessionEndsWhenItsCertificateDoes() {
        var brief = Certificates.of(acme.ca(), 1, "brief", Instant.now().plusSeconds(2), "alice@example.com");
        var outcomes = new CopyOnWriteArrayList<Outcome>();

        granted(admit(brief, "bash")).live().onEnd(outcomes::add);

        await().untilAsserted(() -> assertThat(outcomes).containsExactly(new Outcome.Expired()));
    }

    @Test
    void aRuleForOtherNetworksIsNone() {
        var bob = Certificates.of(acme.ca(), "bob@example.com");
        bobMay(new Conditions(List.of("203.0.113.0/24"), List.of()));
        refused(admit(bob, "bash"));
        assertThat(admission.permitted(bob)).isEmpty();
        granted(admit(new Credential(bob.certificate(), bob.ca(), bob.login(), "203.0.113.9"), "bash"));
        refused(admit(new Credential(bob.certificate(), bob.ca(), bob.login(), ""), "bash"));
    }

    @Test
    void aSessionEndsWhenTheRulesWindowCloses() {
        var bob = Certificates.of(acme.ca(), "bob@example.com");
        var begins = LocalTime.now(ZoneOffset.UTC).minusHours(1);
        var closed = new TimeWindow(TimeWindow.everyDay(), begins, begins.plusMinutes(30), ZoneOffset.UTC);
        var rule = bobMay(new Conditions(List.of(), List.of(closed)));
        refused(admit(bob, "bash"));

        var closes = LocalTime.now(ZoneOffset.UTC).plusSeconds(3);
        var open = new TimeWindow(TimeWindow.everyDay(), begins, closes, ZoneOffset.UTC);
        store.rules()
                .update(
                        ExampleTenant.ADMIN,
                        acme.id(),
                        bobsRule(rule, new Conditions(List.of(), List.of(closed, open))))
                .orThrow();
        var outcomes = new CopyOnWriteArrayList<Outcome>();
        var granted = granted(admit(bob, "bash"));
        granted.live().onEnd(outcomes::add);

        assertThat(granted.order().deadline()).isBefore(Instant.now().plusSeconds(4));
        await().untilAsserted(() -> assertThat(outcomes)
                .containsExactly(new Outcome.TimedOut("the time that the access rules allow for it")));
        refused(admit(bob, "bash"));
    }

    /// A live session learns of it with the change of the rule.
    @Test
    void aWindowThatARuleIsGivenLaterEndsWhatLives() {
        var bob = Certificates.of(acme.ca(), "bob@example.com");
        var rule = bobMay(Conditions.NONE);
        var outcomes = new CopyOnWriteArrayList<Outcome>();
        granted(admit(bob, "bash")).live().onEnd(outcomes::add);

        var now = LocalTime.now(ZoneOffset.UTC);
        var window = new TimeWindow(TimeWindow.everyDay(), now.minusHours(1), now.plusSeconds(3), ZoneOffset.UTC);
        store.rules()
                .update(ExampleTenant.ADMIN, acme.id(), bobsRule(rule, new Conditions(List.of(), List.of(window))))
                .orThrow();

        await().untilAsserted(() -> assertThat(outcomes).singleElement().isInstanceOf(Outcome.TimedOut.class));
    }

    /// Two windows that meet are one: nothing ends between them.
    @Test
    void whereOneWindowTakesOverFromAnotherNothingEnds() {
        var bob = Certificates.of(acme.ca(), "bob@example.com");
        var now = LocalTime.now(ZoneOffset.UTC);
        var first = new TimeWindow(TimeWindow.everyDay(), now.minusHours(1), now.plusMinutes(1), ZoneOffset.UTC);
        var next = new TimeWindow(TimeWindow.everyDay(), now.plusMinutes(1), now.plusMinutes(9), ZoneOffset.UTC);
        bobMay(new Conditions(List.of(), List.of(first, next)));
        assertThat(granted(admit(bob, "bash")).order().deadline())
                .isBetween(Instant.now().plusSeconds(500), Instant.now().plusSeconds(541));
    }

    private AccessRule bobMay(Conditions conditions) {
        var rule = bobsRule(RuleId.next(CLOCK), conditions, 1);
        return store.rules().create(ExampleTenant.ADMIN, acme.id(), rule).orThrow();
    }

    private AccessRule bobsRule(AccessRule before, Conditions conditions) {
        return bobsRule(before.id(), conditions, before.version());
    }

    private AccessRule bobsRule(RuleId id, Conditions conditions, long version) {
        return new AccessRule(
                id,
                "bob, sometimes",
                AccessRule.Effect.ALLOW,
                Set.of(),
                Set.of(acme.bob().id()),
                Set.of("bash"),
                Map.of(),
                Set.of(AccessMode.EXEC),
                conditions,
                version);
    }

    @Test
    void aUserHasAtMostFiftySessions() {
        var sessions = new ArrayList<Decision.Granted>();
        for (int i = 0; i < LiveSessions.MOST_OF_USER; i++) {
            sessions.add(granted(admit(alice, "bash")));
        }

        assertThat(refused(admit(alice, "bash")).message()).contains("50 sessions");

        sessions.getFirst().live().ended(new Outcome.UserLeft());
        granted(admit(alice, "bash"));
    }

    @Test
    void aConnectionMadeAnewUnderTheSameNameIsAnother() {
        var outcomes = new CopyOnWriteArrayList<Outcome>();
        granted(admit(alice, "bash")).live().onEnd(outcomes::add);

        store.connections()
                .delete(ExampleTenant.ADMIN, acme.id(), acme.bash().id())
                .orThrow();
        store.connections()
                .create(
                        ExampleTenant.ADMIN,
                        SignedDefinition.sign(acme.definition(ConnectionId.next(CLOCK), "bash", 1), acme.signer()))
                .orThrow();

        await().untilAsserted(() -> assertThat(outcomes).singleElement().isInstanceOf(Outcome.Revoked.class));
        granted(admit(alice, "bash"));
    }

    private static User with(User user, User.Status status) {
        return new User(
                user.tenant(),
                user.id(),
                user.email(),
                user.subject(),
                user.name(),
                user.groups(),
                status,
                user.version());
    }

    private Decision admit(Credential credential, String connection) {
        return admission.admit(new Admission.Request(
                credential,
                new ConnectionName(connection),
                new SessionRequest.Exec("id\u001b[0m".getBytes(StandardCharsets.UTF_8), Optional.empty()),
                Map.of()));
    }

    private static Decision.Granted granted(Decision decision) {
        assertThat(decision).isInstanceOf(Decision.Granted.class);
        return (Decision.Granted) decision;
    }

    private static Decision.Refused refused(Decision decision) {
        assertThat(decision).isInstanceOf(Decision.Refused.class);
        return (Decision.Refused) decision;
    }

    private List<String> actions() {
        return store
                .auditLog()
                .list(acme.id(), Instant.EPOCH, Instant.now().plusSeconds(60), Optional.empty(), 500)
                .items()
                .stream()
                .map(entry -> entry.action())
                .toList();
    }
}
