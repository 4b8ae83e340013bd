package dev.sallyport.edge.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.access.AccessMode;
import dev.sallyport.core.certificate.TrustedCa;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.store.ExampleTenant;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Promise P9: what all sessions together hold in memory is bounded, and who fills it ends his own.
class LiveSessionsTest {

    private static final long MOST = 1_000;

    private final LiveSessions live = new LiveSessions(50, MOST);
    private final TenantId quiet = TenantId.next(Clock.systemUTC());
    private final TenantId loud = TenantId.next(Clock.systemUTC());

    @Test
    void nobodyEndsWithinTheBound() {
        var one = session(quiet, user(), 600);
        var other = session(loud, user(), 400);

        live.relieve();

        assertThat(live.unread()).isEqualTo(MOST);
        assertThat(one.ordered()).isEmpty();
        assertThat(other.ordered()).isEmpty();
    }

    @Test
    void theLargestSessionOfTheLargestUserOfTheLargestTenantGivesWay() {
        var single = session(quiet, user(), 450);
        var hoarder = user();
        var small = session(loud, hoarder, 100);
        var large = session(loud, hoarder, 250);
        var colleague = session(loud, user(), 300);

        live.relieve();

        assertThat(large.ordered()).get().isInstanceOf(Outcome.Killed.class);
        assertThat(large.ordered().orElseThrow().sentence())
                .isEqualTo("the session was ended by the edge: its memory is full of what has not been read, and this"
                        + " session held most of it");
        assertThat(single.ordered()).isEmpty();
        assertThat(small.ordered()).isEmpty();
        assertThat(colleague.ordered()).isEmpty();
        assertThat(live.unread()).isEqualTo(850);
    }

    @Test
    void manySmallSessionsOfOneUserEndBeforeOneLargeOfAnother() {
        var hoarder = user();
        var crowd = java.util.stream.IntStream.range(0, 40)
                .mapToObj(number -> session(quiet, hoarder, 50))
                .toList();
        var large = session(quiet, user(), 500);

        live.relieve();

        assertThat(large.ordered()).isEmpty();
        assertThat(crowd.stream().filter(session -> session.ordered().isPresent()))
                .hasSize(30);
        assertThat(live.unread()).isEqualTo(MOST);
    }

    /// Who ends his session again and again, and never reads what it said, fills the memory as well.
    @Test
    void whatIsLeftOfSessionsThatAreOverCountsUntilItWasRead() {
        var hoarder = user();
        var left = new AtomicLong(700);
        var over = session(loud, hoarder, left);
        assertThat(over.over()).isTrue();
        live.leave(over);
        var other = session(quiet, user(), 400);

        live.relieve();

        assertThat(live.all()).containsExactly(other);
        assertThat(left).as("is dropped").hasValue(0);
        assertThat(other.ordered()).isEmpty();

        live.relieve();

        assertThat(live.unread()).isEqualTo(400);
    }

    @Test
    void whatHasReadAgainIsLeftAlone() {
        var held = new AtomicLong(2 * MOST);
        var session = session(quiet, user(), held);
        held.set(0);

        live.relieve();

        assertThat(session.ordered()).isEmpty();
    }

    private LiveSession session(TenantId tenant, UserId user, long holds) {
        return session(tenant, user, new AtomicLong(holds));
    }

    private LiveSession session(TenantId tenant, UserId user, AtomicLong holds) {
        var example = ExampleTenant.fingerprint("ca of " + tenant);
        var ca = new TrustedCa(
                tenant,
                example,
                "ssh-ed25519 AAAA",
                TrustedCa.CertificateAttribute.PRINCIPAL,
                TrustedCa.UserAttribute.EMAIL);
        var session = new LiveSession(
                SessionId.next(Clock.systemUTC()),
                Certificates.of(ca, "alice"),
                new ConnectionName("bash"),
                AccessMode.CONNECT,
                new Sight(System::nanoTime),
                System::nanoTime);
        live.enter(session);
        assertThat(live.claim(session, user)).isTrue();
        session.holds(new Holding(holds));
        return session;
    }

    /// What is dropped is gone.
    private record Holding(AtomicLong held) implements Admission.Unread {

        @Override
        public long bytes() {
            return held.get();
        }

        @Override
        public void drop() {
            held.set(0);
        }
    }

    private static UserId user() {
        return UserId.next(Clock.systemUTC());
    }
}
