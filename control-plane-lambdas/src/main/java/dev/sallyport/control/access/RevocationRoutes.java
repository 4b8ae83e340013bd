package dev.sallyport.control.access;

import static dev.sallyport.control.http.Router.ADMINS;
import static dev.sallyport.control.http.Router.READERS;

import dev.sallyport.api.Revocations;
import dev.sallyport.control.http.Answer;
import dev.sallyport.control.http.Caller;
import dev.sallyport.control.http.Declined;
import dev.sallyport.control.http.Fields;
import dev.sallyport.control.http.Paging;
import dev.sallyport.control.http.Router;
import dev.sallyport.control.http.Router.Call;
import dev.sallyport.control.identity.UserRoutes;
import dev.sallyport.core.revocation.Revocation;
import dev.sallyport.core.revocation.Revocation.What;
import dev.sallyport.store.Store;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// `/v1/revocations`: certificates, keys and CAs that no longer count.
public final class RevocationRoutes {

    private static final int LONGEST_REASON = 1_000;
    private static final List<String> KINDS = List.of("serial", "key_id", "key", "ca", "user");

    private final Store store;
    private final UserRoutes users;
    private final Clock clock;

    @Inject
    RevocationRoutes(Store store, UserRoutes users, Clock clock) {
        this.store = store;
        this.users = users;
        this.clock = clock;
    }

    void addTo(Router router) {
        router.route("GET", "/v1/revocations", READERS, this::list)
                .route("POST", "/v1/revocations", ADMINS, this::create)
                .route("DELETE", "/v1/revocations/{revocation}", ADMINS, this::delete);
    }

    private Answer list(Caller caller, Call call) throws Declined {
        var page = Paging.of(
                store.revocations().list(caller.tenant()), one -> one.what().key(), call.request());
        return Answer.ok(new Revocations.Page(
                page.items().stream().map(RevocationRoutes::shown).toList(),
                page.next().orElse(null)));
    }

    private Answer create(Caller caller, Call call) throws Declined {
        var request = call.request().json(Revocations.NewRevocation.class);
        var fields = new Fields();
        var kind = fields.needed("kind", request.kind());
        if (!kind.isEmpty() && !KINDS.contains(kind)) {
            fields.wrong("kind", "is one of " + String.join(", ", KINDS));
        }
        var value = fields.needed("value", request.value());
        var ca = fields.optional("ca", request.ca());
        if (kind.equals("serial") == ca.isEmpty() && KINDS.contains(kind)) {
            fields.wrong("ca", kind.equals("serial") ? "is needed: serials count for each CA" : "belongs to a serial");
        }
        var reason = fields.optional("reason", request.reason()).orElse("");
        if (reason.length() > LONGEST_REASON) {
            fields.wrong("reason", "has at most " + LONGEST_REASON + " characters");
        }
        var until = fields.future("until", request.until(), clock.instant());
        fields.check();
        var what = what(caller, kind, value, ca.orElse(""));
        var revocation =
                new Revocation(caller.tenant(), what, reason, clock.instant().truncatedTo(ChronoUnit.MILLIS), until);
        return Answer.created(
                shown(store.revocations().revoke(caller.actor(), revocation).orThrow()));
    }

    private What what(Caller caller, String kind, String value, String ca) throws Declined {
        try {
            return switch (kind) {
                case "serial" -> new Revocation.Serial(ca, serial(value));
                case "key_id" -> new Revocation.CertificateKeyId(value);
                case "key" -> new Revocation.Key(value);
                case "ca" -> new Revocation.Ca(value);
                default ->
                    new Revocation.AllOf(users.findAnybody(caller, value)
                            .orElseThrow(
                                    () -> Declined.field("value", "is not a user or service account of this tenant"))
                            .id());
            };
        } catch (IllegalArgumentException e) {
            throw Declined.field(kind.equals("serial") ? "ca" : "value", String.valueOf(e.getMessage()));
        }
    }

    private static long serial(String text) throws Declined {
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw Declined.field("value", "is a serial number");
        }
    }

    private Answer delete(Caller caller, Call call) throws Declined {
        What what;
        try {
            what = What.parse(
                    new String(Base64.getUrlDecoder().decode(call.part("revocation")), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw Declined.notFound();
        }
        if (store.revocations().get(caller.tenant(), what).isEmpty()) {
            throw Declined.notFound();
        }
        var _ = store.revocations()
                .delete(caller.actor(), caller.tenant(), what)
                .orThrow();
        return Answer.nothing();
    }

    private static Revocations.Revocation shown(Revocation revocation) {
        var id = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(revocation.what().key().getBytes(StandardCharsets.UTF_8));
        return switch (revocation.what()) {
            case Revocation.Serial(var ca, var serial) ->
                shown(id, "serial", Long.toUnsignedString(serial), Optional.of(ca), revocation);
            case Revocation.CertificateKeyId(var keyId) -> shown(id, "key_id", keyId, Optional.empty(), revocation);
            case Revocation.Key(var fingerprint) -> shown(id, "key", fingerprint, Optional.empty(), revocation);
            case Revocation.Ca(var fingerprint) -> shown(id, "ca", fingerprint, Optional.empty(), revocation);
            case Revocation.AllOf(var user) -> shown(id, "user", user.value(), Optional.empty(), revocation);
        };
    }

    private static Revocations.Revocation shown(
            String id, String kind, String value, Optional<String> ca, Revocation revocation) {
        return new Revocations.Revocation(
                id,
                kind,
                value,
                ca.orElse(null),
                revocation.reason(),
                revocation.since(),
                revocation.until().orElse(null));
    }
}
