package dev.sallyport.edge.admission;

import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.certificate.TrustedCa.UserAttribute;
import dev.sallyport.core.certificate.UserCertificate;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.RecordingRow;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.core.session.Session;
import dev.sallyport.store.Policies.Facts;
import dev.sallyport.store.Policies.Policy;
import dev.sallyport.store.Store;
import dev.sallyport.store.Written;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The little of the store that admissions read and write, call by call. Blocking; throws when it does not
/// answer.
public interface Ledger {

    /// The facts about a certificate, read after this was called; empty when there is no such tenant.
    Optional<Facts> facts(TenantId tenant, UserCertificate certificate, UserAttribute by, List<String> names);

    /// The tenant's policy, read after this was called; empty when there is no such tenant.
    Optional<Policy> policy(TenantId tenant);

    /// Writes a new session and its recording, both or none.
    Written<Session> start(Actor actor, Session session, RecordingRow recording);

    /// No recording was ever opened for the session.
    void unrecorded(Session session);

    /// Writes how a session ended, unless that is written already.
    void end(Actor actor, Session session, Outcome outcome, Instant at);

    /// Writes a line of the audit log.
    void note(TenantId tenant, Actor actor, String action, String object, Map<String, String> details);

    /// The real one. What a session's own thread asks is asked on another ([Apart]).
    static Ledger of(Store store) {
        return new Ledger() {
            @Override
            public Optional<Facts> facts(
                    TenantId tenant, UserCertificate certificate, UserAttribute by, List<String> names) {
                return Apart.call(() -> store.policies().facts(tenant, certificate, by, names));
            }

            @Override
            public Optional<Policy> policy(TenantId tenant) {
                return Apart.call(() -> store.policies().policy(tenant));
            }

            @Override
            public Written<Session> start(Actor actor, Session session, RecordingRow recording) {
                return Apart.call(() -> store.sessions().start(actor, session, recording));
            }

            @Override
            public void unrecorded(Session session) {
                store.recordings()
                        .change(
                                session.tenant(),
                                session.id(),
                                row -> row.state() == RecordingState.LIVE ? row.as(RecordingState.INCOMPLETE) : row);
            }

            @Override
            public void end(Actor actor, Session session, Outcome outcome, Instant at) {
                store.sessions().end(actor, session.tenant(), session.id(), outcome, at);
            }

            @Override
            public void note(TenantId tenant, Actor actor, String action, String object, Map<String, String> details) {
                store.auditLog().append(tenant, actor, action, object, details);
            }
        };
    }
}
