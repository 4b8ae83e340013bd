package dev.sallyport.control.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Audit;
import dev.sallyport.api.Problem;
import dev.sallyport.api.Sessions;
import dev.sallyport.control.Bed;
import dev.sallyport.control.Filled;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.secret.Secret;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.store.Checkpoints;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SessionRoutesTest {

    private final Bed bed = new Bed();
    private final Filled acme = new Filled(bed, "acme");
    private final Filled other = new Filled(bed, "other");

    @Test
    void sessionsAreListedNewestFirstAndFiltered() {
        var bobs = acme.session(new UserId(acme.bob.id()), acme.bob.email());
        bed.store.sessions().end(new Actor("edge", ""), acme.id(), bobs, new Outcome.Exited(3), bed.clock.instant());

        assertThat(ids("")).containsExactlyInAnyOrder(bobs.value(), acme.session.value());
        assertThat(ids("?user=bob@example.com")).containsExactly(bobs.value());
        assertThat(ids("?user=nobody@example.com")).isEmpty();
        assertThat(ids("?state=live")).containsExactly(acme.session.value());
        assertThat(ids("?state=ended&connection=bash")).containsExactly(bobs.value());
        assertThat(ids("?connection=" + acme.connection.id())).hasSize(2);
        assertThat(ids("?connection=other")).isEmpty();
        assertThat(ids("?from=2099-01-01T00:00:00Z")).isEmpty();
        assertThat(bed.get(acme.admin, "/v1/sessions?from=yesterday").wrongFields())
                .containsExactly("from");
        assertThat(bed.get(acme.admin, "/v1/sessions?state=asleep").wrongFields())
                .containsExactly("state");

        var ended = bed.get(acme.admin, "/v1/sessions/" + bobs).as(Sessions.Session.class);
        assertThat(ended.state()).isEqualTo("ended");
        assertThat(ended.outcome()).isEqualTo("Exited");
        assertThat(ended.exitStatus()).isEqualTo(3);
        assertThat(ended.command()).isEqualTo("ls -l");
        assertThat(ended.certificate().serial()).isEqualTo("7");
    }

    @Test
    void aKillIsOrderedAuditedAndForLiveSessionsOnly() {
        var address = "/v1/sessions/" + acme.session + "/kill";
        assertThat(bed.post(acme.admin, address, new Sessions.Kill("wrong\u001b[2Jdatabase"))
                        .wrongFields())
                .containsExactly("reason");
        assertThat(bed.post(acme.admin, address, new Sessions.Kill("wrong database"))
                        .status())
                .isEqualTo(202);
        var entry = bed.audit(acme.id()).getFirst();
        assertThat(entry.action()).isEqualTo("session.killed");
        assertThat(entry.details()).containsEntry("reason", "wrong database");

        bed.store
                .sessions()
                .end(new Actor("edge", ""), acme.id(), acme.session, new Outcome.Killed("x"), bed.clock.instant());
        assertThat(bed.post(acme.admin, address, new Sessions.Kill(null))
                        .problem()
                        .is(Problem.Type.CONFLICT))
                .isTrue();
    }

    @Test
    void openingARecordingGivesItsKeyAndStandsInTheAuditLog() {
        var opened = bed.get(acme.alicesKey, "/v1/sessions/" + acme.session + "/recording")
                .as(Sessions.Recording.class);

        var row = bed.store.recordings().get(acme.id(), acme.session).orElseThrow();
        assertThat(Secret.of(Base64.getUrlDecoder().decode(opened.dataKey())))
                .isEqualTo(bed.dataKeys.unwrap(acme.id(), row.wrappedDataKey()));
        assertThat(opened.state()).isEqualTo("live");
        assertThat(opened.tenantKey()).isEqualTo(acme.tenant.tenant().publicKey());
        var entry = bed.audit(acme.id()).getFirst();
        assertThat(entry.action()).isEqualTo("recording.opened");
        assertThat(entry.actor()).isEqualTo(acme.alice.id());
        assertThat(entry.object()).isEqualTo(acme.session.value());
    }

    /// Class 25.
    @Test
    void aChunkIsGivenToWhoeverHasItsAddressAndToNobodyWhoChangedIt() {
        var url = onlyChunk(acme).url();
        assertThat(bed.get("", url).text()).isEqualTo("chunk zero");

        var notFound = bed.get("", url.replace("signature=", "signature=x"));
        assertThat(notFound.status()).isEqualTo(404);
        for (var changed : List.of(
                url.replace("/0?", "/1?"),
                url.replace("expires=1", "expires=9"),
                url.replace(acme.session.value(), other.session.value()),
                url.replace(acme.id().value(), other.id().value()),
                url.replaceFirst("signature=.*", "signature="),
                url.replaceFirst("\\?.*", ""),
                url.replace("/0?", "/-1?"),
                url.replace(acme.session.value(), "..%2f..%2fkeys"))) {
            assertThat(bed.get("", changed).text()).as(changed).isEqualTo(notFound.text());
            assertThat(bed.get(acme.admin, changed).text()).as(changed).isEqualTo(notFound.text());
        }
    }

    @Test
    void aChunksAddressIsGoodForSomeMinutes() {
        var start = bed.clock.instant();
        var url = new SignedChunkUrls(Secret.of(new byte[32]), Clock.fixed(start, java.time.ZoneOffset.UTC));
        var later = new SignedChunkUrls(
                Secret.of(new byte[32]),
                Clock.offset(Clock.fixed(start, java.time.ZoneOffset.UTC), SignedChunkUrls.LIFETIME));
        var address = url.url(acme.id(), acme.session, 0);
        long expires = Long.parseLong(address.replaceFirst(".*expires=([0-9]+).*", "$1"));
        var signature = address.replaceFirst(".*signature=", "");

        assertThat(url.holds(acme.id(), acme.session, 0, expires, signature)).isTrue();
        assertThat(later.holds(acme.id(), acme.session, 0, expires, signature)).isFalse();
    }

    @Test
    void aRecordingWhoseEdgeWasLostIsIncomplete() {
        bed.store
                .sessions()
                .end(new Actor("system", ""), acme.id(), acme.session, new Outcome.EdgeLost(), bed.clock.instant());

        assertThat(bed.get(acme.admin, "/v1/sessions/" + acme.session)
                        .as(Sessions.Session.class)
                        .recording())
                .isEqualTo("incomplete");
    }

    @Test
    void theLastChunkHasAMomentAfterTheEnd() {
        bed.store
                .sessions()
                .end(new Actor("edge", ""), acme.id(), acme.session, new Outcome.Exited(0), bed.clock.instant());
        assertThat(state(acme.session)).isEqualTo("live");

        var late = acme.session(new UserId(acme.bob.id()), acme.bob.email());
        bed.store
                .sessions()
                .end(
                        new Actor("edge", ""),
                        acme.id(),
                        late,
                        new Outcome.Exited(0),
                        bed.clock.instant().minus(Duration.ofMinutes(1)));
        assertThat(state(late)).isEqualTo("incomplete");
    }

    @Test
    void theAuditLogIsReadInPagesNewestFirstAndByMinute() {
        var first = bed.get(acme.auditor, "/v1/audit?limit=2").as(Audit.Page.class);
        assertThat(first.items()).hasSize(2);
        assertThat(first.items().get(0).id()).isGreaterThan(first.items().get(1).id());
        assertThat(first.next()).isNotNull();
        var second = bed.get(acme.auditor, "/v1/audit?limit=2&cursor=" + first.next())
                .as(Audit.Page.class);
        assertThat(second.items()).doesNotContainAnyElementsOf(first.items());

        var newest = bed.audit(acme.id()).getFirst();
        var minute = java.time.format.DateTimeFormatter.ofPattern("uuuuMMddHHmm")
                .withZone(java.time.ZoneOffset.UTC)
                .format(java.time.Instant.ofEpochMilli(dev.sallyport.core.id.Ulid.epochMillis(newest.id())));
        assertThat(bed.get(acme.auditor, "/v1/audit/minutes/" + minute)
                        .as(Audit.Page.class)
                        .items())
                .extracting(Audit.Entry::id)
                .isSorted()
                .contains(newest.id());
        assertThat(bed.get(acme.auditor, "/v1/audit/minutes/now").wrongFields()).containsExactly("minute");
        assertThat(bed.get(acme.alicesKey, "/v1/audit").status()).isEqualTo(403);
        assertThat(bed.get(acme.alicesKey, "/v1/checkpoints")
                        .as(Audit.Checkpoints.class)
                        .items())
                .isEmpty();
    }

    @Test
    void aCheckpointOfAnyLengthArrivesWhole() {
        var large = new byte[350_000];
        new java.util.Random(1).nextBytes(large);
        for (int i = 1; i <= 4; i++) {
            assertThat(bed.store.checkpoints().append(new Checkpoints.Stored(acme.id(), i, large, new byte[64])))
                    .isTrue();
        }

        var seen = new ArrayList<Long>();
        List<Audit.Checkpoint> page;
        do {
            page = bed.get(acme.alicesKey, "/v1/checkpoints?from=" + (seen.size() + 1))
                    .as(Audit.Checkpoints.class)
                    .items();
            page.forEach(one -> seen.add(one.sequence()));
            assertThat(page)
                    .allSatisfy(one -> assertThat(Base64.getUrlDecoder().decode(one.text()))
                            .isEqualTo(large));
        } while (!page.isEmpty());
        assertThat(seen).containsExactly(1L, 2L, 3L, 4L);
    }

    private String state(SessionId session) {
        return bed.get(acme.admin, "/v1/sessions/" + session + "/recording/chunks")
                .as(Sessions.Chunks.class)
                .state();
    }

    private Sessions.Chunk onlyChunk(Filled tenant) {
        var listed = bed.get(tenant.admin, "/v1/sessions/" + tenant.session + "/recording/chunks?from=0")
                .as(Sessions.Chunks.class);
        assertThat(listed.items()).hasSize(1);
        return listed.items().getFirst();
    }

    private List<String> ids(String query) {
        return bed.get(acme.admin, "/v1/sessions" + query).as(Sessions.Page.class).items().stream()
                .map(Sessions.Session::id)
                .toList();
    }
}
