package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.access.AccessMode;
import dev.sallyport.core.access.AccessRule;
import dev.sallyport.core.agent.Agent;
import dev.sallyport.core.apikey.ApiKey;
import dev.sallyport.core.certificate.PendingCa;
import dev.sallyport.core.certificate.TrustedCa;
import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.edge.EdgeAddress;
import dev.sallyport.core.edge.Mail;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.KeyId;
import dev.sallyport.core.id.RuleId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.revocation.Revocation;
import dev.sallyport.core.sshserver.SshServerConfig;
import dev.sallyport.core.tenant.Tenant;
import dev.sallyport.store.Written.Done;
import dev.sallyport.store.Written.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class ConfigurationTest {

    private final MutableClock clock = new MutableClock(Instant.parse("2026-11-22T10:00:10Z"));
    private final Store store = LocalDynamo.store(clock);
    private final ExampleTenant acme = new ExampleTenant(store, "acme");

    @Test
    void everyChangeRaisesTheEpochSaysWhoDidItAndTellsEveryEdge() {
        var edge = EdgeId.next(clock);
        store.edges().register(new EdgeAddress(edge, "", clock.instant()));
        long epoch = epoch();
        int entries = audit().size();

        acme.connection("another");

        assertThat(epoch()).isEqualTo(epoch + 1);
        assertThat(audit()).hasSize(entries + 1);
        assertThat(audit()).anySatisfy(entry -> {
            assertThat(entry.action()).isEqualTo("connection.created");
            assertThat(entry.actor()).isEqualTo("admin");
            assertThat(entry.source()).isEqualTo("192.0.2.1");
            assertThat(entry.details()).containsEntry("name", "another");
        });
        assertThat(store.mailboxes().read(edge))
                .extracting(Mailboxes.Letter::mail)
                .containsExactly(new Mail.ConfigChanged(acme.id()));
        assertThat(store.outbox().sweep()).isZero();
    }

    @Test
    void aRefusedChangeLeavesNothing() {
        var edge = EdgeId.next(clock);
        store.edges().register(new EdgeAddress(edge, "", clock.instant()));
        long epoch = epoch();
        int entries = audit().size();

        assertThatThrownBy(() -> acme.connection("bash"))
                .isInstanceOf(WriteRefused.class)
                .hasMessage("Another connection has this name.");

        assertThat(epoch()).isEqualTo(epoch);
        assertThat(audit()).hasSize(entries);
        assertThat(store.mailboxes().read(edge)).isEmpty();
    }

    @Test
    void mailThatAWriterLeftWhenItDiedIsDeliveredByTheSweep() {
        var edge = EdgeId.next(clock);
        store.edges().register(new EdgeAddress(edge, "", clock.instant()));
        var transaction = new Transaction(store.tables());
        store.outbox().owe(transaction, new Mail.ConfigChanged(acme.id()), Optional.empty());
        assertThat(transaction.commit()).isEmpty();

        assertThat(store.outbox().sweep()).as("too young to be left behind").isZero();
        clock.advance(Outbox.LEFT_BEHIND);
        assertThat(store.outbox().sweep()).isEqualTo(1);
        assertThat(store.outbox().sweep()).isZero();

        assertThat(store.mailboxes().read(edge)).hasSize(1);
    }

    @Test
    void aTenantsNameIsUnique() {
        var same = new Tenant(TenantId.next(clock), "acme", 1, acme.signer().publicKey());

        assertThat(store.tenants().create(ExampleTenant.ADMIN, same))
                .isEqualTo(new Written.Refused<>(Reason.TAKEN, "A tenant has this name already: choose another."));
        assertThat(store.tenants().get(same.id())).isEmpty();
        assertThat(store.tenants().all()).containsExactly(acme.id());
    }

    @Test
    void nothingIsWrittenForATenantThatIsNotThere() {
        var nobody = TenantId.next(clock);

        assertThat(store.revocations()
                        .revoke(
                                ExampleTenant.ADMIN,
                                new Revocation(
                                        nobody,
                                        new Revocation.CertificateKeyId("x"),
                                        "",
                                        clock.instant(),
                                        Optional.empty())))
                .isEqualTo(new Written.Refused<>(Reason.ABSENT, "There is no such tenant."));
        assertThat(store.revocations().list(nobody)).isEmpty();
    }

    @Test
    void aConnectionKeepsItsNameOrGetsAFreeOne() {
        var other = acme.connection("other");

        assertThat(store.connections().update(ExampleTenant.ADMIN, signed(other.id(), "bash", 2)))
                .isEqualTo(new Written.Refused<>(Reason.TAKEN, "Another connection has this name."));
        store.connections()
                .update(ExampleTenant.ADMIN, signed(other.id(), "third", 2))
                .orThrow();

        assertThat(store.connections().byName(acme.id(), other.name())).isEmpty();
        assertThat(store.connections()
                        .get(acme.id(), other.id())
                        .orElseThrow()
                        .definition()
                        .version())
                .isEqualTo(2);
        acme.connection("other");
    }

    @Test
    void aConnectionOfAnAgentThatIsNotThereIsRefused() {
        var elsewhere = new ExampleTenant(store, "elsewhere");
        var foreign = elsewhere.definition(ConnectionId.next(clock), "foreign", 1);
        var ours = new dev.sallyport.core.connection.ConnectionDefinition(
                acme.id(),
                foreign.id(),
                foreign.name(),
                1,
                foreign.agent(),
                foreign.target(),
                true,
                Optional.empty(),
                false,
                foreign.idle(),
                foreign.longest(),
                foreign.tags(),
                Set.of());

        assertThat(store.connections().create(ExampleTenant.ADMIN, SignedDefinition.sign(ours, acme.signer())))
                .isEqualTo(new Written.Refused<>(Reason.ABSENT, "There is no such agent."));
    }

    @Test
    void ofManyChangesOfOneVersionOfAConnectionOneIsWritten() throws Exception {
        var changes = new ArrayList<Callable<Written<Connections.Stored>>>();
        for (int i = 0; i < 10; i++) {
            var name = "name" + i;
            changes.add(() -> store.connections()
                    .update(ExampleTenant.ADMIN, signed(acme.bash().id(), name, 2)));
        }

        var results = AtOnce.run(changes);

        assertThat(results).filteredOn(Done.class::isInstance).hasSize(1);
        assertThat(store.connections().list(acme.id())).hasSize(1);
    }

    @Test
    void anAgentHasTwoTokensForAnHourAfterARotation() {
        var id = acme.agent().id();
        var first = ExampleTenant.sha256("acme");
        var second = ExampleTenant.sha256("second");
        var third = ExampleTenant.sha256("third");

        store.agents().rotate(ExampleTenant.ADMIN, acme.id(), id, second).orThrow();
        assertThat(accepts(first)).isTrue();
        assertThat(accepts(second)).isTrue();

        store.agents().rotate(ExampleTenant.ADMIN, acme.id(), id, third).orThrow();
        assertThat(accepts(first)).isFalse();
        assertThat(accepts(second)).isTrue();
        assertThat(accepts(third)).isTrue();

        clock.advance(Duration.ofHours(1));
        assertThat(accepts(second)).isFalse();
        assertThat(accepts(third)).isTrue();

        store.agents().setDisabled(ExampleTenant.ADMIN, acme.id(), id, true).orThrow();
        assertThat(accepts(third)).isFalse();
        store.agents().setDisabled(ExampleTenant.ADMIN, acme.id(), id, false).orThrow();
        assertThat(accepts(third)).isTrue();
        store.agents().revokeTokens(ExampleTenant.ADMIN, acme.id(), id).orThrow();
        assertThat(accepts(third)).isFalse();
    }

    @Test
    void anAgentThatConnectionsUseIsNotDeleted() {
        assertThat(store.agents()
                        .delete(ExampleTenant.ADMIN, acme.id(), acme.agent().id()))
                .isInstanceOfSatisfying(
                        Written.Refused.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.IN_USE));

        store.connections()
                .delete(ExampleTenant.ADMIN, acme.id(), acme.bash().id())
                .orThrow();
        store.agents().delete(ExampleTenant.ADMIN, acme.id(), acme.agent().id()).orThrow();

        assertThat(store.agents().byName(acme.id(), "first")).isEmpty();
    }

    @Test
    void oneCaBelongsToOneTenant() throws Exception {
        var ca = ExampleTenant.fingerprint("wanted");
        var tenants = new ArrayList<ExampleTenant>();
        for (int i = 0; i < 6; i++) {
            tenants.add(new ExampleTenant(store, "tenant" + i));
        }

        var results = AtOnce.run(tenants.stream()
                .map(tenant -> (Callable<Written<TrustedCa>>)
                        () -> store.trustedCas().trust(ExampleTenant.ADMIN, ca(tenant, ca)))
                .toList());

        assertThat(results).filteredOn(Done.class::isInstance).hasSize(1);
        assertThat(store.trustedCas().all())
                .filteredOn(one -> one.fingerprint().equals(ca))
                .hasSize(1);
        var owner = tenants.stream()
                .filter(tenant -> store.trustedCas().list(tenant.id()).size() == 2)
                .toList();
        assertThat(owner).hasSize(1);

        // given up, it is free
        store.trustedCas()
                .delete(ExampleTenant.ADMIN, owner.getFirst().id(), ca)
                .orThrow();
        store.trustedCas().trust(ExampleTenant.ADMIN, ca(acme, ca)).orThrow();
    }

    @Test
    void applyingReplacesTheListOfCasAndKeepsWhatStays() {
        var other = ca(acme, ExampleTenant.fingerprint("other"));
        var before = store.trustedCas().config(acme.id());

        var after = store.trustedCas()
                .apply(
                        ExampleTenant.ADMIN,
                        new SshServerConfig(
                                acme.id(),
                                TrustedCa.CertificateAttribute.KEY_ID,
                                TrustedCa.UserAttribute.SUBJECT,
                                Optional.of("0.0.0.0:12222"),
                                before.version()),
                        List.of(acme.ca(), other),
                        List.of())
                .orThrow();

        assertThat(store.trustedCas().config(acme.id())).isEqualTo(after);
        assertThat(store.trustedCas().all())
                .extracting(TrustedCa::fingerprint)
                .containsExactlyInAnyOrder(acme.ca().fingerprint(), other.fingerprint());
        assertThat(store.trustedCas().all())
                .allSatisfy(one -> assertThat(one.from()).isEqualTo(TrustedCa.CertificateAttribute.KEY_ID));

        store.trustedCas()
                .apply(ExampleTenant.ADMIN, after, List.of(other), List.of())
                .orThrow();
        assertThat(store.trustedCas().list(acme.id()))
                .extracting(TrustedCa::fingerprint)
                .containsExactly(other.fingerprint());
        assertThat(store.trustedCas().apply(ExampleTenant.ADMIN, after, List.of(), List.of()))
                .as("of a version that is gone")
                .isInstanceOf(Written.Refused.class);
    }

    @Test
    void aPendingCaIsTrustedByNobodyAndRunsOut() {
        var other = ca(acme, ExampleTenant.fingerprint("other"));
        store.trustedCas()
                .apply(
                        ExampleTenant.ADMIN,
                        store.trustedCas().config(acme.id()),
                        List.of(acme.ca()),
                        List.of(new PendingCa(other, "nonce", clock.instant().plusSeconds(60), List.of())))
                .orThrow();

        assertThat(store.trustedCas().all()).hasSize(1);
        assertThat(store.trustedCas().pending(acme.id()))
                .singleElement()
                .satisfies(pending -> assertThat(pending.nonce()).isEqualTo("nonce"));
        clock.advance(Duration.ofSeconds(61));
        assertThat(store.trustedCas().pending(acme.id())).isEmpty();
    }

    @Test
    void aRuleNamesGroupsAndUsersThatAreThere() {
        assertThat(store.rules()
                        .create(
                                ExampleTenant.ADMIN,
                                acme.id(),
                                new AccessRule(
                                        RuleId.next(clock),
                                        "x",
                                        AccessRule.Effect.ALLOW,
                                        Set.of("nowhere"),
                                        Set.of(),
                                        Set.of("*"),
                                        Map.of(),
                                        Set.of(AccessMode.EXEC),
                                        1)))
                .isEqualTo(new Written.Refused<>(Reason.ABSENT, "There is no group of the name nowhere."));
        var rule = store.rules().list(acme.id()).getFirst();
        var changed = store.rules().update(ExampleTenant.ADMIN, acme.id(), rule).orThrow();
        assertThat(changed.version()).isEqualTo(2);
        assertThat(store.rules().get(acme.id(), rule.id())).contains(changed);
        assertThat(store.rules().update(ExampleTenant.ADMIN, acme.id(), rule)).isInstanceOf(Written.Refused.class);
    }

    @Test
    void everyKindOfRevocationIsReadBack() {
        var whats = List.of(
                new Revocation.Serial(acme.ca().fingerprint(), -1),
                new Revocation.CertificateKeyId("alice#with#hashes"),
                new Revocation.Key(ExampleTenant.fingerprint("key")),
                new Revocation.Ca(acme.ca().fingerprint()),
                new Revocation.AllOf(acme.alice().id()));
        for (var what : whats) {
            store.revocations()
                    .revoke(
                            ExampleTenant.ADMIN,
                            new Revocation(
                                    acme.id(),
                                    what,
                                    "why",
                                    clock.instant(),
                                    Optional.of(clock.instant().plusSeconds(9))))
                    .orThrow();
        }

        assertThat(store.revocations().list(acme.id()))
                .extracting(Revocation::what)
                .containsExactlyInAnyOrderElementsOf(whats);
        clock.advance(Duration.ofSeconds(10));
        assertThat(store.revocations().list(acme.id())).isEmpty();
    }

    @Test
    void anApiKeyIsFoundByItsHashWhileItCounts() {
        var key = new ApiKey(
                acme.id(),
                KeyId.next(clock),
                "ci",
                Optional.of(acme.alice().id()),
                ApiKey.Role.MEMBER,
                clock.instant(),
                Optional.empty(),
                Optional.of(clock.instant().plusSeconds(3_600)),
                List.of("192.0.2.0/24", "2001:db8::/32"));
        var hash = ExampleTenant.sha256("secret");
        store.apiKeys().create(ExampleTenant.ADMIN, key, hash).orThrow();

        assertThat(store.apiKeys().byHash(hash)).contains(key);
        assertThat(store.apiKeys().byHash(ExampleTenant.sha256("guess"))).isEmpty();
        store.apiKeys().used(key);
        assertThat(store.apiKeys().byHash(hash).orElseThrow().lastUsed())
                .contains(Instant.parse("2026-11-22T10:00:00Z"));

        clock.advance(Duration.ofHours(1));
        assertThat(store.apiKeys().byHash(hash)).isEmpty();
        store.apiKeys().delete(ExampleTenant.ADMIN, acme.id(), key.id()).orThrow();
        assertThat(store.apiKeys().list(acme.id())).isEmpty();
    }

    private boolean accepts(String token) {
        Agent agent = store.agents().get(acme.id(), acme.agent().id()).orElseThrow();
        return agent.accepts(token, clock.instant());
    }

    private SignedDefinition signed(ConnectionId id, String name, long version) {
        return SignedDefinition.sign(acme.definition(id, name, version), acme.signer());
    }

    private static TrustedCa ca(ExampleTenant tenant, String fingerprint) {
        return new TrustedCa(
                tenant.id(),
                fingerprint,
                "ssh-ed25519 AAAA",
                TrustedCa.CertificateAttribute.PRINCIPAL,
                TrustedCa.UserAttribute.EMAIL);
    }

    private long epoch() {
        return store.tenants().get(acme.id()).orElseThrow().epoch();
    }

    private List<dev.sallyport.core.audit.AuditEntry> audit() {
        return store.auditLog()
                .list(acme.id(), Instant.EPOCH, clock.instant().plusSeconds(60), Optional.empty(), 500)
                .items();
    }
}
