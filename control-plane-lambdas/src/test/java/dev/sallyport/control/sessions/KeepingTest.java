package dev.sallyport.control.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Connections;
import dev.sallyport.api.Exports;
import dev.sallyport.api.Problem;
import dev.sallyport.api.Sessions;
import dev.sallyport.api.Settings;
import dev.sallyport.control.Bed;
import dev.sallyport.control.Filled;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.session.Outcome;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/// Legal hold, deletion by hand and by retention, and the opening of an export.
final class KeepingTest {

    private final Bed bed = new Bed();
    private final Filled acme = new Filled(bed, "acme");
    private final SessionId session = ended(acme);
    private final String address = "/v1/sessions/" + session;

    /// A session that is over, whose edge is gone.
    private SessionId ended(Filled tenant) {
        var id = tenant.session(new UserId(tenant.alice.id()), tenant.alice.email());
        bed.store.sessions().end(new Actor("edge", ""), tenant.id(), id, new Outcome.Exited(0), bed.clock.instant());
        return id;
    }

    private Sessions.Session shown() {
        return bed.get(acme.auditor, address).as(Sessions.Session.class);
    }

    @Test
    void aDeletedRecordingCannotBeOpenedAndSaysSinceWhen() throws IOException {
        assertThat(bed.delete(acme.admin, address + "/recording").wrongFields()).containsExactly("reason");
        assertThat(bed.delete(acme.admin, address + "/recording?reason=a%1b%5b2J")
                        .wrongFields())
                .containsExactly("reason");

        var deleted = bed.delete(acme.admin, address + "/recording?reason=a%20private%20letter")
                .as(Sessions.Session.class);

        assertThat(deleted.recording()).isEqualTo("deleted");
        assertThat(deleted.deletion()).isNotNull().satisfies(deletion -> {
            assertThat(deletion.by()).isEqualTo(acme.tenant.adminKey().key().id());
            assertThat(deletion.reason()).isEqualTo("a private letter");
        });
        assertThat(shown()).isEqualTo(deleted);
        for (var path : new String[] {"/recording", "/recording/chunks"}) {
            for (var key : new String[] {acme.admin, acme.auditor, acme.alicesKey}) {
                var refused = bed.get(key, address + path);
                assertThat(refused.status()).isEqualTo(410);
                assertThat(refused.problem().is(Problem.Type.DELETED)).isTrue();
                assertThat(refused.problem().detail())
                        .contains(
                                "deleted on 20",
                                " by " + acme.tenant.adminKey().key().id());
            }
            assertThat(bed.get(acme.bobsKey, address + path).status()).isEqualTo(404);
        }
        assertThat(bed.chunks.numbers(acme.id(), session)).isEmpty();
        assertThat(bed.store.recordings().get(acme.id(), session).orElseThrow().wrappedDataKey())
                .isEmpty();
        var entry = bed.audit(acme.id()).getFirst();
        assertThat(entry.action()).isEqualTo("recording.deleted");
        assertThat(entry.object()).isEqualTo(session.value());
        assertThat(entry.source()).isEqualTo("192.0.2.7");
        assertThat(entry.details()).containsEntry("reason", "a private letter");

        assertThat(bed.delete(acme.admin, address + "/recording?reason=again").as(Sessions.Session.class))
                .as("who did it first has done it")
                .isEqualTo(deleted);
        assertThat(bed.put(acme.admin, address + "/hold", new Sessions.HoldWrite("case"))
                        .status())
                .isEqualTo(409);
    }

    @Test
    void aLiveRecordingIsNotDeleted() {
        var refused = bed.delete(acme.admin, "/v1/sessions/" + acme.session + "/recording?reason=x");
        assertThat(refused.problem().is(Problem.Type.CONFLICT)).isTrue();
        assertThat(refused.problem().detail()).contains("live: end it first");
    }

    @Test
    void whatIsOnHoldIsNotDeletedBeforeItIsReleased() {
        assertThat(bed.put(acme.admin, address + "/hold", "{}").wrongFields()).containsExactly("reason");
        var hold = bed.put(acme.admin, address + "/hold", new Sessions.HoldWrite("case 12"))
                .as(Sessions.Hold.class);
        assertThat(shown().hold()).isEqualTo(hold);
        assertThat(bed.get(acme.auditor, "/v1/holds")
                        .as(Sessions.HoldPage.class)
                        .items())
                .containsExactly(hold);
        assertThat(bed.get(acme.alicesKey, "/v1/holds").status()).isEqualTo(403);

        var refused = bed.delete(acme.admin, address + "/recording?reason=x");
        assertThat(refused.problem().is(Problem.Type.CONFLICT)).isTrue();
        assertThat(refused.problem().detail()).contains("on legal hold");
        assertThat(shown().recording()).isNotEqualTo("deleted");

        assertThat(bed.delete(acme.admin, address + "/hold").wrongFields()).containsExactly("reason");
        assertThat(bed.delete(acme.admin, address + "/hold?reason=closed").status())
                .isEqualTo(204);
        assertThat(bed.delete(acme.admin, address + "/hold?reason=closed").status())
                .isEqualTo(409);
        assertThat(bed.delete(acme.admin, address + "/recording?reason=x").status())
                .isEqualTo(200);
        assertThat(bed.audit(acme.id()).stream().map(entry -> entry.action()).limit(3))
                .containsExactly("recording.deleted", "session.released", "session.held");
    }

    @Test
    void theSweepDeletesWhatIsDueByTheConnectionsOwnRetention() {
        var start = Clock.offset(bed.clock, Duration.ofDays(8));
        bed.put(acme.admin, "/v1/settings", new Settings.SettingsWrite(3_650L)).as(Settings.TenantSettings.class);
        assertThat(bed.sweep(start)).isZero();

        var before = bed.get(acme.admin, "/v1/connections/bash").as(Connections.Connection.class);
        assertThat(before.recordingRetentionDays()).isNull();
        var kept = bed.put(acme.admin, "/v1/connections/bash", acme.bash(7L)).as(Connections.Connection.class);
        assertThat(kept.recordingRetentionDays()).isEqualTo(7);
        assertThat(bed.get(acme.auditor, "/v1/connections/bash").as(Connections.Connection.class))
                .isEqualTo(kept);
        assertThat(bed.get(acme.alicesKey, "/v1/connections/bash")
                        .as(Connections.Connection.class)
                        .recordingRetentionDays())
                .isNull();
        assertThat(bed.put(acme.admin, "/v1/connections/bash", acme.bash(0L)).wrongFields())
                .containsExactly("recording_retention_days");

        assertThat(bed.sweep(start)).isEqualTo(1);
        assertThat(shown().deletion())
                .isNotNull()
                .satisfies(deletion -> assertThat(deletion.by()).isEqualTo("retention"));
        assertThat(bed.store
                        .recordings()
                        .get(acme.id(), acme.session)
                        .orElseThrow()
                        .deletion())
                .as("of a session that is live")
                .isEmpty();
        var much = Clock.fixed(Instant.now().plus(Duration.ofDays(50)), ZoneOffset.UTC);
        assertThat(bed.sweep(much)).isZero();
    }

    @Test
    void anExportStandsInTheAuditLog() {
        assertThat(bed.call("POST", "/v1/exports", acme.auditor, null).status()).isEqualTo(403);
        var begun = bed.call("POST", "/v1/exports", acme.admin, null).as(Exports.Export.class);
        assertThat(begun.tenant()).isEqualTo(acme.id().value());
        assertThat(begun.tenantKey()).isEqualTo(acme.tenant.tenant().publicKey());
        var entry = bed.audit(acme.id()).getFirst();
        assertThat(entry.action()).isEqualTo("tenant.exported");
        assertThat(entry.actor()).isEqualTo(begun.by());
    }
}
