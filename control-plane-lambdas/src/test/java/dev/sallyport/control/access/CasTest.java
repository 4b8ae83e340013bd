package dev.sallyport.control.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Cas;
import dev.sallyport.api.Problem;
import dev.sallyport.api.SshServer;
import dev.sallyport.api.Tenants;
import dev.sallyport.control.Bed;
import dev.sallyport.control.TestingCa;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.certificate.PendingCa;
import dev.sallyport.core.certificate.TrustedCa;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// CAs one by one, beside the list of the SSH server's configuration.
final class CasTest {

    private final Bed bed = new Bed();
    private final Tenants.CreatedTenant acme = bed.tenant("acme");
    private final Tenants.CreatedTenant other = bed.tenant("other");
    private final String admin = acme.adminKey().secret();
    private final TestingCa ca = new TestingCa();

    @Test
    void aCaIsPendingUntilItIsProvenAndThenTrusted() {
        var pending = add(admin, ca);
        assertThat(pending.id()).isEqualTo(ca.id()).matches("[A-Za-z0-9_-]{43}");
        assertThat(pending.state()).isEqualTo("pending");
        assertThat(pending.nonce()).contains(acme.tenant().id());
        assertThat(trusted()).isEmpty();
        var listed = bed.get(admin, "/v1/ssh-server").as(SshServer.Configuration.class);
        assertThat(listed.pendingCas())
                .singleElement()
                .satisfies(one -> assertThat(one.command()).isEqualTo(pending.command()));

        var proven = prove(admin, ca, pending.nonce()).as(Cas.Ca.class);

        assertThat(proven.state()).isEqualTo("trusted");
        assertThat(proven.nonce()).isNull();
        assertThat(trusted()).containsExactly(ca.fingerprint());
        assertThat(bed.get(admin, path(ca)).as(Cas.Ca.class)).isEqualTo(proven);
        assertThat(bed.get(admin, "/v1/cas").as(Cas.Page.class).items()).containsExactly(proven);
    }

    @Test
    void theAuditLogSaysWhichCasThereWereAndAreAndNoNonce() {
        var nonce = add(admin, ca).nonce();
        prove(admin, ca, nonce).as(Cas.Ca.class);
        var proof = bed.audit(Bed.id(acme)).getFirst();
        assertThat(proof.action()).isEqualTo("sshserver.applied");
        assertThat(proof.details())
                .containsEntry("cas", ca.fingerprint())
                .containsEntry("pending", "")
                .containsEntry("before.cas", "")
                .containsEntry("before.pending", ca.fingerprint());
        bed.delete(admin, path(ca));
        var deletion = bed.audit(Bed.id(acme)).getFirst();
        assertThat(deletion.details()).containsEntry("cas", "").containsEntry("before.cas", ca.fingerprint());
        assertThat(bed.audit(Bed.id(acme)))
                .noneMatch(entry -> entry.details().toString().contains("sallyport-ca-proof"));
    }

    @Test
    void aProofForAnotherTenantNamespaceNonceOrByAnotherKeyProvesNothing() {
        var nonce = add(admin, ca).nonce();
        var theirs = add(other.adminKey().secret(), ca).nonce();
        for (var proof : List.of(
                ca.proof(String.valueOf(theirs)),
                ca.proof("file", String.valueOf(nonce)),
                ca.proof("x" + nonce),
                new TestingCa().proof(String.valueOf(nonce)),
                "garbage",
                "")) {
            var reply = bed.post(admin, path(ca) + "/proof", new Cas.Proof(proof));
            assertThat(reply.wrongFields()).as(proof).containsExactly("proof");
        }
        assertThat(trusted()).isEmpty();
    }

    /// P5: only who holds the private key learns that somebody has the CA already.
    @Test
    void thatAnotherTenantHasACaShowsOnlyAtTheProof() {
        trust(other.adminKey().secret(), ca);

        var pending = add(admin, ca);
        assertThat(pending.state()).isEqualTo("pending");
        assertThat(bed.post(admin, path(ca) + "/proof", new Cas.Proof(new TestingCa().proof("x")))
                        .wrongFields())
                .containsExactly("proof");
        var reply = prove(admin, ca, pending.nonce());

        assertThat(reply.problem().is(Problem.Type.CONFLICT)).isTrue();
        assertThat(reply.text()).doesNotContain(other.tenant().id()).doesNotContain("other");
        assertThat(trusted()).isEmpty();
        assertThat(bed.store.trustedCas().list(Bed.id(other))).hasSize(1);
    }

    @Test
    void aDeletedCaCountsNoLongerAndAnotherTenantMayHaveIt() {
        trust(admin, ca);
        assertThat(bed.delete(admin, path(ca)).status()).isEqualTo(204);
        assertThat(trusted()).isEmpty();
        assertThat(bed.get(admin, path(ca)).status()).isEqualTo(404);
        assertThat(bed.delete(admin, path(ca)).status()).isEqualTo(404);
        trust(other.adminKey().secret(), ca);
    }

    @Test
    void whoDeletesTheLastPendingCaKeepsThoseThatItWasToReplace() {
        trust(admin, ca);
        var second = new TestingCa();
        var third = new TestingCa();
        replaceBy(second, third);
        assertThat(show(second).replaces()).containsExactly(ca.fingerprint());

        assertThat(bed.delete(admin, path(second)).status()).isEqualTo(204);
        assertThat(bed.delete(admin, path(third)).status()).isEqualTo(204);
        assertThat(trusted()).containsExactly(ca.fingerprint());

        trust(admin, new TestingCa());
        assertThat(trusted()).hasSize(2).contains(ca.fingerprint());
    }

    @Test
    void theLastProofOfANewListEndsTheOldOneAndACaAddedMeanwhileDoesNotHoldItUp() {
        trust(admin, ca);
        var second = new TestingCa();
        var third = new TestingCa();
        replaceBy(second, third);
        var beside = new TestingCa();
        assertThat(add(admin, beside).replaces()).isEmpty();

        prove(admin, second, show(second).nonce()).as(Cas.Ca.class);
        assertThat(trusted()).containsExactlyInAnyOrder(ca.fingerprint(), second.fingerprint());
        prove(admin, third, show(third).nonce()).as(Cas.Ca.class);
        assertThat(trusted()).containsExactlyInAnyOrder(second.fingerprint(), third.fingerprint());
        assertThat(show(beside).state()).isEqualTo("pending");
    }

    @Test
    void aCaThatIsDeletedAndAddedAgainIsNotReplacedAnyMore() {
        trust(admin, ca);
        var second = new TestingCa();
        replaceBy(second);
        bed.delete(admin, path(ca));
        trust(admin, ca);

        prove(admin, second, show(second).nonce()).as(Cas.Ca.class);
        assertThat(trusted()).containsExactlyInAnyOrder(ca.fingerprint(), second.fingerprint());
    }

    @Test
    void aNonceStaysUntilItIsOverAndThenThereIsANewOne() {
        var first = add(admin, ca);
        assertThat(add(admin, ca)).isEqualTo(first);

        var tenant = Bed.id(acme);
        var cas = bed.store.trustedCas();
        var waiting = cas.pending(tenant).getFirst();
        var over = new PendingCa(
                waiting.ca(), waiting.nonce(), bed.clock.instant().minus(Duration.ofSeconds(1)), List.of());
        cas.apply(Actor.SYSTEM, cas.config(tenant), List.<TrustedCa>of(), List.of(over))
                .orThrow();
        assertThat(prove(admin, ca, first.nonce()).status()).isEqualTo(404);
        assertThat(trusted()).isEmpty();

        var second = add(admin, ca);
        assertThat(second.nonce()).isNotEqualTo(first.nonce());
        prove(admin, ca, second.nonce()).as(Cas.Ca.class);
        assertThat(bed.post(admin, "/v1/cas", new Cas.NewCa(ca.line()))
                        .problem()
                        .is(Problem.Type.CONFLICT))
                .isTrue();
    }

    @Test
    void theOnlyTenantOfAnInstanceNeedsNoProof() {
        var alone = new Bed();
        var tenant = alone.tenant("alone");
        alone.operatedBy(tenant);
        var added = alone.post(tenant.adminKey().secret(), "/v1/cas", new Cas.NewCa(ca.line()))
                .as(Cas.Ca.class);
        assertThat(added.state()).isEqualTo("trusted");
        assertThat(alone.store.trustedCas().list(Bed.id(tenant))).hasSize(1);
    }

    @Test
    void aTenantHasTwentyCasAtMost() {
        for (int i = 0; i < 20; i++) {
            add(admin, new TestingCa());
        }
        var more = bed.post(admin, "/v1/cas", new Cas.NewCa(ca.line()));
        assertThat(more.status()).isEqualTo(409);
        assertThat(bed.get(admin, "/v1/cas?limit=7").as(Cas.Page.class).items()).hasSize(7);
    }

    @Test
    void whatIsNoKeyOrNoIdIsNamedOrNotThere() {
        for (var wrong : List.of("", "ssh-rsa", "ssh-ed25519 AAAA", ca.line() + "\n" + ca.line())) {
            assertThat(bed.post(admin, "/v1/cas", new Cas.NewCa(wrong)).wrongFields())
                    .as(wrong)
                    .containsExactly("public_key");
        }
        trust(admin, ca);
        for (var id : List.of("x", ca.fingerprint(), ca.id() + "x", ca.id().substring(1), new TestingCa().id())) {
            for (var method : List.of("GET", "DELETE")) {
                assertThat(bed.call(method, "/v1/cas/" + id, admin, null).status())
                        .as(id)
                        .isEqualTo(404);
            }
            assertThat(bed.post(admin, "/v1/cas/" + id + "/proof", new Cas.Proof(ca.proof("x")))
                            .status())
                    .as(id)
                    .isEqualTo(404);
        }
        assertThat(trusted()).containsExactly(ca.fingerprint());
    }

    @Test
    void whatChangedSinceItWasReadIsNotDeleted() {
        var pending = add(admin, ca);
        var read = String.valueOf(bed.get(admin, path(ca)).headers().get("ETag"));
        prove(admin, ca, pending.nonce()).as(Cas.Ca.class);
        var late = bed.call("DELETE", path(ca), admin, null, Map.of("If-Match", read));
        assertThat(late.problem().is(Problem.Type.PRECONDITION_FAILED)).isTrue();
        assertThat(trusted()).containsExactly(ca.fingerprint());
    }

    private Cas.Ca add(String key, TestingCa what) {
        return bed.post(key, "/v1/cas", new Cas.NewCa(what.line())).as(Cas.Ca.class);
    }

    private Bed.Reply prove(String key, TestingCa what, @Nullable String nonce) {
        return bed.post(key, path(what) + "/proof", new Cas.Proof(what.proof(String.valueOf(nonce))));
    }

    private void trust(String key, TestingCa what) {
        prove(key, what, add(key, what).nonce()).as(Cas.Ca.class);
    }

    private void replaceBy(TestingCa... cas) {
        var lines = List.of(cas).stream().map(TestingCa::line).toList();
        bed.put(admin, "/v1/ssh-server", new SshServer.Apply(lines, null, null, null, null, null))
                .as(SshServer.Configuration.class);
    }

    private Cas.Ca show(TestingCa what) {
        return bed.get(admin, path(what)).as(Cas.Ca.class);
    }

    private List<String> trusted() {
        return bed.store.trustedCas().list(Bed.id(acme)).stream()
                .map(TrustedCa::fingerprint)
                .toList();
    }

    private static String path(TestingCa what) {
        return "/v1/cas/" + what.id();
    }
}
