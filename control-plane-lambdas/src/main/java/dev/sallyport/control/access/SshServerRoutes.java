package dev.sallyport.control.access;

import static dev.sallyport.control.http.Router.ADMINS;
import static dev.sallyport.control.http.Router.READERS;

import dev.sallyport.api.SshServer;
import dev.sallyport.control.Instance;
import dev.sallyport.control.Instance.DoorControl;
import dev.sallyport.control.Instance.NotPossible;
import dev.sallyport.control.http.Answer;
import dev.sallyport.control.http.Caller;
import dev.sallyport.control.http.Declined;
import dev.sallyport.control.http.Fields;
import dev.sallyport.control.http.Router;
import dev.sallyport.control.http.Router.Call;
import dev.sallyport.control.http.Words;
import dev.sallyport.core.certificate.CaList;
import dev.sallyport.core.certificate.PendingCa;
import dev.sallyport.core.certificate.SshPublicKey;
import dev.sallyport.core.certificate.SshSignature;
import dev.sallyport.core.certificate.TrustedCa;
import dev.sallyport.core.certificate.TrustedCa.CertificateAttribute;
import dev.sallyport.core.certificate.TrustedCa.UserAttribute;
import dev.sallyport.core.sshserver.SshServerConfig;
import dev.sallyport.store.Store;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `/v1/ssh-server`: which CAs a tenant trusts, how certificates name users, and, for the operator, where the
/// door listens.
///
/// A CA counts once its holder has proven to hold it ([CaProofs]). [CaRoutes] has the CAs one by one.
public final class SshServerRoutes {

    private static final int LONGEST_HOST_KEYS = 30_000;

    private final Store store;
    private final Instance instance;
    private final CaProofs proofs;

    @Inject
    SshServerRoutes(Store store, Instance instance, CaProofs proofs) {
        this.store = store;
        this.instance = instance;
        this.proofs = proofs;
    }

    void addTo(Router router) {
        router.route("GET", "/v1/ssh-server", READERS, this::show).change("PUT", "/v1/ssh-server", ADMINS, this::apply);
    }

    private Answer show(Caller caller, Call call) {
        return Answer.ok(shown(caller, store.trustedCas().config(caller.tenant())));
    }

    private Answer apply(Caller caller, Call call) throws Declined {
        var request = call.request().json(SshServer.Apply.class);
        var fields = new Fields();
        var before = store.trustedCas().config(caller.tenant());
        call.expect(shown(caller, before));
        var from = fields.choice("cert_attr", request.certAttr(), Words.all(CertificateAttribute.class))
                .orElse(before.from());
        var to = fields.choice("user_attr", request.userAttr(), Words.all(UserAttribute.class))
                .orElse(before.to());
        var listen =
                fields.optional("listen_address", request.listenAddress()).flatMap(text -> Address.parse(fields, text));
        @Nullable String hostKeys = request.hostKeys();
        if (hostKeys != null && hostKeys.length() > LONGEST_HOST_KEYS) {
            fields.wrong("host_keys", "has at most " + LONGEST_HOST_KEYS + " characters");
        }
        var cas = new Cas(caller, fields, request.trustedCas(), request.proofs(), from, to);
        fields.check();

        if (listen.isPresent() || hostKeys != null) {
            changeDoor(caller, listen, Optional.ofNullable(hostKeys));
        }
        var config = new SshServerConfig(
                caller.tenant(), from, to, listen.map(Address::toString).or(before::listenAddress), before.version());
        var after = store.trustedCas()
                .apply(caller.actor(), config, cas.trusted, cas.pending)
                .orThrow();
        return Answer.ok(shown(caller, after));
    }

    private void changeDoor(Caller caller, Optional<Address> listen, Optional<String> hostKeys) throws Declined {
        var field = listen.isPresent() ? "listen_address" : "host_keys";
        var door = instance.doorControl().filter(control -> caller.operator());
        if (door.isEmpty()) {
            throw Declined.field(
                    field,
                    "belongs to the operator of the edge, which serves other tenants too; nothing of this call was applied");
        }
        try {
            if (hostKeys.isPresent()) {
                door.get().hostKeys(hostKeys.get());
            }
        } catch (NotPossible e) {
            throw Declined.field("host_keys", String.valueOf(e.getMessage()));
        }
        try {
            if (listen.isPresent()) {
                door.get().listen(listen.get().host(), listen.get().port());
            }
        } catch (NotPossible e) {
            throw Declined.field("listen_address", String.valueOf(e.getMessage()));
        }
    }

    private SshServer.Configuration shown(Caller caller, SshServerConfig config) {
        var door = instance.doorControl().filter(control -> caller.operator());
        return new SshServer.Configuration(
                store.trustedCas().list(caller.tenant()).stream()
                        .map(ca -> new SshServer.Ca(ca.fingerprint(), ca.publicKey()))
                        .toList(),
                store.trustedCas().pending(caller.tenant()).stream()
                        .map(pending -> new SshServer.PendingCa(
                                pending.ca().fingerprint(),
                                pending.ca().publicKey(),
                                pending.nonce(),
                                CaProofs.command(pending),
                                pending.replaces()))
                        .toList(),
                Words.of(config.from()),
                Words.of(config.to()),
                config.listenAddress().orElse(null),
                door.map(DoorControl::hostKeys).orElse(null));
    }

    /// The CAs after a change: those that are trusted, and those that wait for their proof.
    private final class Cas {

        final List<TrustedCa> trusted = new ArrayList<>();
        final List<PendingCa> pending = new ArrayList<>();

        Cas(
                Caller caller,
                Fields fields,
                @Nullable List<String> named,
                @Nullable List<String> proofTexts,
                CertificateAttribute from,
                UserAttribute to) {
            var trustedNow = store.trustedCas().list(caller.tenant());
            var pendingNow = store.trustedCas().pending(caller.tenant());
            var proven = proven(fields, pendingNow, proofTexts);
            boolean asked = proofs.asked(caller);
            if (named == null) {
                var list = new CaList(trustedNow, pendingNow);
                for (var one : pendingNow) {
                    if (!asked || proven.contains(one.ca().fingerprint())) {
                        list = list.proven(one.ca().fingerprint());
                    }
                }
                trusted.addAll(list.trusted());
                list.pending().forEach(one -> pending.add(proofs.renewed(one)));
                return;
            }
            var wanted = keys(fields, named);
            var known = new HashSet<String>();
            trustedNow.forEach(ca -> known.add(ca.fingerprint()));
            var left = trustedNow.stream()
                    .filter(ca -> !wanted.containsKey(ca.fingerprint()))
                    .toList();
            var replaced = left.stream().map(TrustedCa::fingerprint).toList();
            for (var entry : wanted.entrySet()) {
                var ca = new TrustedCa(caller.tenant(), entry.getKey(), entry.getValue(), from, to);
                if (!asked || known.contains(ca.fingerprint()) || proven.contains(ca.fingerprint())) {
                    trusted.add(ca);
                } else {
                    pending.add(pendingNow.stream()
                            .filter(one -> one.ca().fingerprint().equals(ca.fingerprint()))
                            .filter(proofs::counts)
                            .findFirst()
                            .map(one -> new PendingCa(ca, one.nonce(), one.until(), replaced))
                            .orElseGet(() -> proofs.waiting(ca, replaced)));
                }
            }
            // Until all that are pending are proven: a list that is half proven would lock everybody out.
            if (!pending.isEmpty()) {
                trusted.addAll(left);
            }
        }

        /// Fingerprint to line. Comments are dropped.
        private Map<String, String> keys(Fields fields, List<String> named) {
            var keys = new LinkedHashMap<String, String>();
            if (named.size() > dev.sallyport.store.TrustedCas.MOST) {
                fields.wrong("trusted_cas", "has at most " + dev.sallyport.store.TrustedCas.MOST + " entries");
                return keys;
            }
            for (int i = 0; i < named.size(); i++) {
                @Nullable String line = named.get(i);
                fields.parsed("trusted_cas[" + i + "]", line == null ? "" : line, SshPublicKey::parse)
                        .ifPresent(key -> keys.put(key.fingerprint(), key.line()));
            }
            return keys;
        }

        private Set<String> proven(Fields fields, List<PendingCa> pendingNow, @Nullable List<String> proofTexts) {
            var proven = new HashSet<String>();
            if (proofTexts == null) {
                return proven;
            }
            if (proofTexts.size() > dev.sallyport.store.TrustedCas.MOST) {
                fields.wrong("proofs", "has at most " + dev.sallyport.store.TrustedCas.MOST + " entries");
                return proven;
            }
            for (int i = 0; i < proofTexts.size(); i++) {
                var field = "proofs[" + i + "]";
                @Nullable String text = proofTexts.get(i);
                var signature = fields.parsed(field, text == null ? "" : text, SshSignature::parse);
                if (signature.isEmpty()) {
                    continue;
                }
                var fingerprint = signature.get().key().fingerprint();
                var waiting = pendingNow.stream()
                        .filter(one -> one.ca().fingerprint().equals(fingerprint))
                        .filter(proofs::counts)
                        .findFirst();
                if (waiting.isEmpty()) {
                    fields.wrong(field, "is by a key that is not waiting for a proof: apply it with trusted_cas first");
                } else if (!CaProofs.holds(signature.get(), waiting.get())) {
                    fields.wrong(
                            field,
                            "does not prove the CA: sign the nonce that ssh-server get shows, with the namespace "
                                    + CaProofs.NAMESPACE);
                } else {
                    proven.add(fingerprint);
                }
            }
            return proven;
        }
    }

    /// `HOST:PORT`, an IPv6 address in brackets.
    private record Address(String host, int port) {

        static Optional<Address> parse(Fields fields, String text) {
            int colon = text.lastIndexOf(':');
            var host = colon < 0 ? "" : text.substring(0, colon);
            var digits = text.substring(colon + 1);
            if (!host.matches("[A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}]")
                    || !digits.matches("[0-9]{1,5}")
                    || Integer.parseInt(digits) > 65_535) {
                fields.wrong("listen_address", "is HOST:PORT, such as 0.0.0.0:12222 or [::]:12222");
                return Optional.empty();
            }
            return Optional.of(new Address(host, Integer.parseInt(digits)));
        }

        @Override
        public String toString() {
            return host + ":" + port;
        }
    }
}
