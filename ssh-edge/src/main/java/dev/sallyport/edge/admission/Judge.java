package dev.sallyport.edge.admission;

import dev.sallyport.core.access.AccessMode;
import dev.sallyport.core.access.Circumstances;
import dev.sallyport.core.access.Subject;
import dev.sallyport.core.certificate.Credential;
import dev.sallyport.core.certificate.TrustedCa;
import dev.sallyport.core.certificate.UserCertificate;
import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.revocation.Revocation;
import dev.sallyport.core.user.User;
import dev.sallyport.store.Connections;
import dev.sallyport.store.Policies;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/// Judges one use of one connection by facts and policy: pure, the same for new sessions and for live ones.
///
/// "Not there" and "not yours" are judged alike, with the rules applied to a stand-in for what is not there.
final class Judge {

    /// Most principals of a certificate that names its user by them.
    static final int MOST_PRINCIPALS = 64;

    /// How much a certificate's start may lie ahead of this machine's clock.
    static final Duration LEEWAY = Duration.ofSeconds(30);

    /// Most openings and closings of time windows that are looked at ahead; what they allow ends at the last of them.
    private static final int MOST_CHANGES = 100;

    private static final String NOBODY =
            "this certificate belongs to no active user; ask your administrator whom it should name";
    private static final String REVOKED = "this certificate was revoked; ask your administrator for another";
    private static final String UNTRUSTED = "the authority that signed this certificate is not trusted (any longer)";
    private static final String EXPIRED = "this certificate has expired; get a new one";
    private static final String EARLY = "this certificate is not valid yet";

    private Judge() {}

    /// Whom a credential means.
    sealed interface Identified {

        record Somebody(User user) implements Identified {}

        record Nobody(String message) implements Identified {}
    }

    /// What the certificate calls its user, in order.
    static List<String> names(UserCertificate certificate, TrustedCa ca) {
        return switch (ca.from()) {
            case PRINCIPAL -> certificate.principals().size() > MOST_PRINCIPALS ? List.of() : certificate.principals();
            case KEY_ID -> List.of(certificate.keyId());
        };
    }

    /// Whom the credential means now, if it counts at all.
    ///
    /// @param leeway whether a certificate may be a little early: at entry
    static Identified identify(
            Credential credential, Policies.Facts facts, Policies.Policy policy, Instant now, boolean leeway) {
        var certificate = credential.certificate();
        if (facts.ca().isEmpty() || !certificate.userType()) {
            return new Identified.Nobody(UNTRUSTED);
        }
        if (!now.isBefore(certificate.validBefore())) {
            return new Identified.Nobody(EXPIRED);
        }
        if (leeway && now.plus(LEEWAY).isBefore(certificate.validAfter())) {
            return new Identified.Nobody(EARLY);
        }
        if (facts.revocations().stream().anyMatch(revocation -> revocation.counts(now))) {
            return new Identified.Nobody(REVOKED);
        }
        var users = new HashSet<User>();
        names(certificate, facts.ca().get())
                .forEach(name -> Optional.ofNullable(facts.users().get(name)).ifPresent(users::add));
        if (users.size() != 1) {
            return new Identified.Nobody(NOBODY);
        }
        var user = users.iterator().next();
        if (!user.active()) {
            return new Identified.Nobody(NOBODY);
        }
        if (Optional.ofNullable(policy.users().get(user.id()))
                .filter(revocation -> revocation.counts(now) && hits(revocation, certificate))
                .isPresent()) {
            return new Identified.Nobody(REVOKED);
        }
        return new Identified.Somebody(user);
    }

    /// The connection, when the user may use it in one of the modes, now and from there.
    static Optional<Connections.Stored> allowed(
            User user,
            Policies.Policy policy,
            Function<Policies.Policy, Optional<Connections.Stored>> which,
            ConnectionDefinition standIn,
            Set<AccessMode> modes,
            Circumstances circumstances) {
        var subject = new Subject(user.tenant(), user.id(), user.email(), user.groups());
        var found = which.apply(policy);
        var definition = found.map(Connections.Stored::definition).orElse(standIn);
        boolean allowed = false;
        for (var mode : modes) {
            allowed |= policy.rules().allow(subject, definition, mode, circumstances);
        }
        return allowed ? found : Optional.empty();
    }

    /// When the time windows of the rules end what they allow now, if that is before `longest`.
    ///
    /// @param circumstances in which it is allowed
    static Optional<Instant> closes(
            User user,
            Policies.Policy policy,
            ConnectionDefinition definition,
            AccessMode mode,
            Circumstances circumstances,
            Instant longest) {
        var subject = new Subject(user.tenant(), user.id(), user.email(), user.groups());
        var rules = policy.rules();
        var next = rules.changes(subject, definition, mode, circumstances.at());
        for (int changes = 1; next.isPresent() && next.get().isBefore(longest); changes++) {
            var then = new Circumstances(next.get(), circumstances.source());
            if (changes == MOST_CHANGES || !rules.allow(subject, definition, mode, then)) {
                return next;
            }
            next = rules.changes(subject, definition, mode, then.at());
        }
        return Optional.empty();
    }

    /// A definition of nothing, under the name that was asked for: what the rules are applied to when there is
    /// none.
    static ConnectionDefinition standIn(Policies.Policy policy, ConnectionName name) {
        return new ConnectionDefinition(
                policy.tenant(),
                Nothing.CONNECTION,
                name,
                1,
                Nothing.AGENT,
                new TargetSettings.Tcp("nowhere.invalid", 1),
                true,
                Optional.empty(),
                true,
                ConnectionDefinition.DEFAULT_IDLE,
                ConnectionDefinition.DEFAULT_LONGEST,
                new TreeMap<>(),
                Set.of());
    }

    private static boolean hits(Revocation revocation, UserCertificate certificate) {
        return certificate.validAfter().isBefore(revocation.since());
    }

    private static final class Nothing {
        private static final String ZEROS = "0".repeat(26);
        private static final ConnectionId CONNECTION = new ConnectionId("con_" + ZEROS);
        private static final AgentId AGENT = new AgentId("agt_" + ZEROS);
    }
}
