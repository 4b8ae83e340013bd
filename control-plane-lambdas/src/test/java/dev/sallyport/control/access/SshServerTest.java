package dev.sallyport.control.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Problem;
import dev.sallyport.api.SshServer;
import dev.sallyport.api.SshServer.Apply;
import dev.sallyport.api.SshServer.Configuration;
import dev.sallyport.api.Tenants;
import dev.sallyport.control.Bed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// With the real `ssh-keygen`, run as the API's answer says.
final class SshServerTest {

    private final Bed bed = new Bed();
    private final Tenants.CreatedTenant acme = bed.tenant("acme");
    private final Tenants.CreatedTenant other = bed.tenant("other");
    private final String admin = acme.adminKey().secret();
    private final String othersAdmin = other.adminKey().secret();

    @TempDir
    Path folder;

    private String ca = "";

    @BeforeEach
    void makeCa() throws Exception {
        sh("ssh-keygen -q -t ed25519 -N '' -C 'our ca' -f ca");
        ca = Files.readString(folder.resolve("ca.pub")).strip();
    }

    @Test
    void aCaIsPendingUntilTheLineThatTheAnswerSaysHasProvenIt() throws Exception {
        var pending = apply(admin, List.of(ca), null).as(Configuration.class);
        assertThat(pending.trustedCas()).isEmpty();
        assertThat(pending.pendingCas()).hasSize(1);
        assertThat(pending.pendingCas().getFirst().nonce())
                .contains(acme.tenant().id());

        sh(pending.pendingCas().getFirst().command());
        var proof = Files.readString(folder.resolve("ca.proof"));
        var trusted = apply(admin, null, List.of(proof)).as(Configuration.class);

        assertThat(trusted.pendingCas()).isEmpty();
        assertThat(trusted.trustedCas())
                .singleElement()
                .satisfies(one -> assertThat(ca).startsWith(one.publicKey()));
        assertThat(bed.store.trustedCas().list(Bed.id(acme))).hasSize(1);
        assertThat(bed.audit(Bed.id(acme)).getFirst().action()).isEqualTo("sshserver.applied");
    }

    @Test
    void aProofForAnotherTenantNonceNamespaceOrByAnotherKeyProvesNothing() throws Exception {
        var mine = apply(admin, List.of(ca), null)
                .as(Configuration.class)
                .pendingCas()
                .getFirst();
        var theirs = apply(othersAdmin, List.of(ca), null)
                .as(Configuration.class)
                .pendingCas()
                .getFirst();
        assertThat(mine.nonce()).isNotEqualTo(theirs.nonce());
        sh("ssh-keygen -q -t ed25519 -N '' -f intruder");

        for (var command : List.of(
                theirs.command(),
                mine.command().replace("ca-proof@sallyport", "file"),
                mine.command().replace("./ca ", "./intruder "))) {
            sh(command);
            var proof = Files.readString(folder.resolve("ca.proof"));
            assertThat(apply(admin, null, List.of(proof)).wrongFields())
                    .as(command)
                    .containsExactly("proofs[0]");
        }
        assertThat(apply(admin, null, List.of("garbage")).wrongFields()).containsExactly("proofs[0]");
        assertThat(bed.store.trustedCas().list(Bed.id(acme))).isEmpty();
    }

    @Test
    void oneCaBelongsToOneTenant() throws Exception {
        prove(admin);
        var pending = apply(othersAdmin, List.of(ca), null)
                .as(Configuration.class)
                .pendingCas()
                .getFirst();
        sh(pending.command());
        var proof = Files.readString(folder.resolve("ca.proof"));

        var reply = apply(othersAdmin, null, List.of(proof));

        assertThat(reply.problem().is(Problem.Type.CONFLICT)).isTrue();
        assertThat(reply.text()).doesNotContain(acme.tenant().id()).doesNotContain("acme");
        assertThat(bed.store.trustedCas().list(Bed.id(other))).isEmpty();
    }

    @Test
    void theListIsReplacedAndWhatIsTrustedNeedsNoSecondProof() throws Exception {
        prove(admin);
        sh("ssh-keygen -q -t ecdsa -b 384 -N '' -f second");
        var second = Files.readString(folder.resolve("second.pub")).strip();

        var both = apply(admin, List.of(ca, second), null).as(Configuration.class);
        assertThat(both.trustedCas()).hasSize(1);
        assertThat(both.pendingCas()).hasSize(1);

        var none = apply(admin, List.of(), null).as(Configuration.class);
        assertThat(none.trustedCas()).isEmpty();
        assertThat(none.pendingCas()).isEmpty();
    }

    @Test
    void theOldCasStayTrustedUntilTheWholeNewListIsProvenAndNoLonger() throws Exception {
        prove(admin);
        var old = bed.store.trustedCas().list(Bed.id(acme)).getFirst().fingerprint();
        sh("ssh-keygen -q -t ed25519 -N '' -f second && ssh-keygen -q -t ed25519 -N '' -f third");
        var second = Files.readString(folder.resolve("second.pub")).strip();
        var third = Files.readString(folder.resolve("third.pub")).strip();

        var waiting = apply(admin, List.of(second, third), null).as(Configuration.class);
        assertThat(trusted(waiting)).containsExactly(old);
        assertThat(waiting.pendingCas())
                .hasSize(2)
                .allSatisfy(one -> assertThat(one.replaces()).containsExactly(old));

        for (var one : waiting.pendingCas()) {
            assertThat(trusted(bed.get(admin, "/v1/ssh-server").as(Configuration.class)))
                    .contains(old);
            var key = second.startsWith(one.publicKey()) ? "./second " : "./third ";
            sh(one.command().replace("./ca ", key));
            apply(admin, null, List.of(Files.readString(folder.resolve("ca.proof"))))
                    .as(Configuration.class);
        }

        var after = bed.get(admin, "/v1/ssh-server").as(Configuration.class);
        assertThat(after.pendingCas()).isEmpty();
        assertThat(trusted(after)).hasSize(2).doesNotContain(old);
    }

    private static List<String> trusted(Configuration shown) {
        return shown.trustedCas().stream().map(SshServer.Ca::fingerprint).toList();
    }

    @Test
    void theOnlyTenantOfAnInstanceNeedsNoProof() {
        var alone = new Bed();
        var tenant = alone.tenant("alone");
        alone.operatedBy(tenant);

        var applied = alone.put(
                        tenant.adminKey().secret(),
                        "/v1/ssh-server",
                        new Apply(List.of(ca), null, "key_id", "subject", "0.0.0.0:12222", null))
                .as(Configuration.class);

        assertThat(applied.trustedCas()).hasSize(1);
        assertThat(applied.certAttr()).isEqualTo("key_id");
        assertThat(applied.userAttr()).isEqualTo("subject");
        assertThat(applied.listenAddress()).isEqualTo("0.0.0.0:12222");
        assertThat(applied.hostKeys()).containsExactly("SHA256:door");
        assertThat(alone.door).containsExactly("listen 0.0.0.0 12222");
    }

    @Test
    void theDoorBelongsToTheOperatorAndNothingOfSuchACallIsApplied() throws Exception {
        prove(admin);
        bed.operatedBy(other);
        for (var apply : List.of(
                new Apply(List.of(), null, "key_id", null, "0.0.0.0:22", null),
                new Apply(List.of(), null, "key_id", null, null, "-----BEGIN"))) {
            var reply = bed.put(admin, "/v1/ssh-server", apply);
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.problem().detail()).contains("operator");
        }
        var now = bed.get(admin, "/v1/ssh-server").as(Configuration.class);
        assertThat(now.trustedCas()).hasSize(1);
        assertThat(now.certAttr()).isEqualTo("principal");
        assertThat(now.hostKeys()).isNull();
        assertThat(bed.door).isEmpty();
    }

    @Test
    void anAddressThatCannotBeOpenedAppliesNothing() throws Exception {
        prove(admin);
        bed.operatedBy(acme);

        var reply = bed.put(admin, "/v1/ssh-server", new Apply(List.of(), null, null, null, "127.0.0.1:1", null));

        assertThat(reply.wrongFields()).containsExactly("listen_address");
        assertThat(bed.get(admin, "/v1/ssh-server").as(Configuration.class).trustedCas())
                .hasSize(1);
    }

    @Test
    void whatIsNoCaOrNoWordIsNamed() throws Exception {
        sh("ssh-keygen -q -s ca -I id -n alice ca.pub");
        var certificate = Files.readString(folder.resolve("ca-cert.pub"));

        var reply = bed.put(
                admin,
                "/v1/ssh-server",
                new Apply(List.of(ca, certificate, "ssh-rsa"), null, "principle", "name", "nowhere", null));

        assertThat(reply.wrongFields())
                .containsExactlyInAnyOrder(
                        "trusted_cas[1]", "trusted_cas[2]", "cert_attr", "user_attr", "listen_address");
    }

    private void prove(String key) throws Exception {
        var pending = apply(key, List.of(ca), null)
                .as(Configuration.class)
                .pendingCas()
                .getFirst();
        sh(pending.command());
        apply(key, null, List.of(Files.readString(folder.resolve("ca.proof")))).as(Configuration.class);
    }

    private Bed.Reply apply(String key, @Nullable List<String> cas, @Nullable List<String> proofs) {
        return bed.put(key, "/v1/ssh-server", new Apply(cas, proofs, null, null, null, null));
    }

    private void sh(String command) throws Exception {
        var process = new ProcessBuilder("sh", "-c", command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(command + "\n" + output).isZero();
    }
}
