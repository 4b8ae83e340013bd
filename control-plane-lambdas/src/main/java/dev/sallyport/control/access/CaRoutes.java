package dev.sallyport.control.access;

import static dev.sallyport.control.http.Router.ADMINS;
import static dev.sallyport.control.http.Router.READERS;

import dev.sallyport.api.Cas;
import dev.sallyport.api.Problem;
import dev.sallyport.control.http.Answer;
import dev.sallyport.control.http.Caller;
import dev.sallyport.control.http.Declined;
import dev.sallyport.control.http.Fields;
import dev.sallyport.control.http.Paging;
import dev.sallyport.control.http.Router;
import dev.sallyport.control.http.Router.Call;
import dev.sallyport.core.certificate.CaList;
import dev.sallyport.core.certificate.PendingCa;
import dev.sallyport.core.certificate.SshPublicKey;
import dev.sallyport.core.certificate.SshSignature;
import dev.sallyport.core.certificate.TrustedCa;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.sshserver.SshServerConfig;
import dev.sallyport.store.Store;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `/v1/cas`: the user CAs of a tenant, one by one; [SshServerRoutes] has them as one list.
///
/// A CA counts once it is proven ([CaProofs]). Whether another tenant has it already shows only then, to who holds its
/// private key.
public final class CaRoutes {

    /// The SHA-256 of a key in base64url without padding.
    private static final String ID = "[A-Za-z0-9_-]{43}";

    private static final String HEAD = "SHA256:";

    private final Store store;
    private final CaProofs proofs;

    @Inject
    CaRoutes(Store store, CaProofs proofs) {
        this.store = store;
        this.proofs = proofs;
    }

    void addTo(Router router) {
        router.route("GET", "/v1/cas", READERS, this::list)
                .route("POST", "/v1/cas", ADMINS, this::add)
                .route("GET", "/v1/cas/{ca}", READERS, this::show)
                .change("DELETE", "/v1/cas/{ca}", ADMINS, this::delete)
                .route("POST", "/v1/cas/{ca}/proof", ADMINS, this::prove);
    }

    /// What stands there. The configuration is read first: a change with its version fails when the CAs that were
    /// read after it were changed by somebody else.
    private record Now(SshServerConfig config, CaList cas) {}

    private Now now(TenantId tenant) {
        var config = store.trustedCas().config(tenant);
        return new Now(
                config,
                new CaList(store.trustedCas().list(tenant), store.trustedCas().pending(tenant)));
    }

    private void write(Caller caller, Now now, CaList after) {
        var _ = store.trustedCas()
                .apply(caller.actor(), now.config(), after.trusted(), after.pending())
                .orThrow();
    }

    private Answer list(Caller caller, Call call) throws Declined {
        var cas = now(caller.tenant()).cas();
        var all = Stream.concat(
                        cas.trusted().stream().map(CaRoutes::shown),
                        cas.pending().stream().map(CaRoutes::shown))
                .toList();
        var page = Paging.of(all, Cas.Ca::id, call.request());
        return Answer.ok(new Cas.Page(page.items(), page.next().orElse(null)));
    }

    private Answer show(Caller caller, Call call) throws Declined {
        var fingerprint = fingerprint(call);
        return Answer.ok(shown(now(caller.tenant()).cas(), fingerprint).orElseThrow(Declined::notFound));
    }

    private Answer add(Caller caller, Call call) throws Declined {
        @Nullable String line = call.request().json(Cas.NewCa.class).publicKey();
        var fields = new Fields();
        var parsed = fields.parsed("public_key", line == null ? "" : line, SshPublicKey::parse);
        fields.check();
        var key = parsed.orElseThrow(Declined::notFound);
        var now = now(caller.tenant());
        if (now.cas().trusted(key.fingerprint()).isPresent()) {
            throw new Declined(Problem.Type.CONFLICT, "This CA is trusted already.");
        }
        var ca = new TrustedCa(
                caller.tenant(),
                key.fingerprint(),
                key.line(),
                now.config().from(),
                now.config().to());
        var waits = now.cas().pending(key.fingerprint());
        var after = now.cas().with(waits.map(proofs::renewed).orElseGet(() -> proofs.waiting(ca, List.of())));
        if (!proofs.asked(caller)) {
            after = after.proven(ca.fingerprint());
        }
        write(caller, now, after);
        return Answer.created(shown(after, ca.fingerprint()).orElseThrow(Declined::notFound));
    }

    private Answer prove(Caller caller, Call call) throws Declined {
        var fingerprint = fingerprint(call);
        var now = now(caller.tenant());
        if (shown(now.cas(), fingerprint).isEmpty()) {
            throw Declined.notFound();
        }
        @Nullable String text = call.request().json(Cas.Proof.class).proof();
        var fields = new Fields();
        var signature = fields.parsed("proof", text == null ? "" : text, SshSignature::parse);
        fields.check();
        var waiting = now.cas().pending(fingerprint).filter(proofs::counts);
        if (waiting.isEmpty()) {
            throw new Declined(
                    Problem.Type.CONFLICT,
                    "This CA does not wait for a proof: it is trusted, or its nonce counts no longer. Add it again for a"
                            + " new one.");
        }
        if (signature.filter(one -> CaProofs.holds(one, waiting.get())).isEmpty()) {
            throw Declined.field(
                    "proof", "does not prove the CA: sign its nonce with it, with the namespace " + CaProofs.NAMESPACE);
        }
        var after = now.cas().proven(fingerprint);
        write(caller, now, after);
        return Answer.ok(shown(after, fingerprint).orElseThrow(Declined::notFound));
    }

    private Answer delete(Caller caller, Call call) throws Declined {
        var fingerprint = fingerprint(call);
        var now = now(caller.tenant());
        call.expect(shown(now.cas(), fingerprint).orElseThrow(Declined::notFound));
        write(caller, now, now.cas().without(fingerprint));
        return Answer.nothing();
    }

    private static String fingerprint(Call call) throws Declined {
        var id = call.part("ca");
        if (!id.matches(ID)) {
            throw Declined.notFound();
        }
        return HEAD + id.replace('-', '+').replace('_', '/');
    }

    private static String id(TrustedCa ca) {
        return ca.fingerprint().substring(HEAD.length()).replace('+', '-').replace('/', '_');
    }

    private static Optional<Cas.Ca> shown(CaList cas, String fingerprint) {
        return cas.trusted(fingerprint)
                .map(CaRoutes::shown)
                .or(() -> cas.pending(fingerprint).map(CaRoutes::shown));
    }

    private static Cas.Ca shown(TrustedCa ca) {
        return new Cas.Ca(id(ca), ca.fingerprint(), ca.publicKey(), "trusted", null, null, null, null);
    }

    private static Cas.Ca shown(PendingCa waiting) {
        return new Cas.Ca(
                id(waiting.ca()),
                waiting.ca().fingerprint(),
                waiting.ca().publicKey(),
                "pending",
                waiting.nonce(),
                CaProofs.command(waiting),
                waiting.until(),
                waiting.replaces());
    }
}
