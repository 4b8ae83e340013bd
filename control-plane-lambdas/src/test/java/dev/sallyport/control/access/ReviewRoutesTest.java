package dev.sallyport.control.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Connections;
import dev.sallyport.api.Keys;
import dev.sallyport.api.Reviews;
import dev.sallyport.api.Reviews.Approve;
import dev.sallyport.api.Reviews.Reject;
import dev.sallyport.control.Bed;
import dev.sallyport.control.Filled;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.edge.EdgeAddress;
import dev.sallyport.core.edge.Mail;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.ReviewId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.review.Review;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.store.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReviewRoutesTest {

    private final MutableClock clock = new MutableClock(Instant.parse("2026-11-22T10:00:00Z"));
    private final Bed bed = new Bed(clock);
    private final Filled acme = new Filled(bed, "acme");
    private final Connections.Connection reviewed = acme.reviewed();
    private final SessionId session = acme.session(new UserId(acme.bob.id()), acme.bob.email());
    private final EdgeId edge = edge();

    private EdgeId edge() {
        var one = EdgeId.next(clock);
        bed.store.edges().register(new EdgeAddress(one, "", clock.instant()));
        return one;
    }

    private ReviewId asked() {
        clock.advance(Duration.ofSeconds(1));
        return acme.review(reviewed, session, edge, "drop table t");
    }

    private static String at(ReviewId id, String more) {
        return "/v1/reviews/" + id + more;
    }

    private Bed.Reply approve(String key, ReviewId id) {
        return bed.post(key, at(id, "/approve"), new Approve(null, null));
    }

    private List<String> audited(ReviewId id) {
        return bed.audit(acme.id()).stream()
                .filter(entry -> entry.object().equals(id.value()))
                .map(entry -> entry.action())
                .toList();
    }

    @Test
    void anApproverSeesTheExactStatementAndApprovesItOnce() {
        var id = asked();
        var shown = bed.get(acme.alicesKey, at(id, "")).as(Reviews.Review.class);
        assertThat(shown.statement()).isEqualTo("drop table t");
        assertThat(shown.parameters()).containsExactly("'a'");
        assertThat(shown.mayDecide()).isTrue();
        assertThat(shown.approvers()).containsExactly("engineers");

        var other = bed.post(acme.alicesKey, at(id, "/approve"), new Approve(null, "00".repeat(32)));
        assertThat(other.status()).isEqualTo(409);
        var approved = bed.post(acme.alicesKey, at(id, "/approve"), new Approve("case 12", shown.statementSha256()));
        assertThat(approved.status()).isEqualTo(200);
        assertThat(approved.as(Reviews.Review.class).state()).isEqualTo("approved");
        assertThat(approved.as(Reviews.Review.class).decidedByEmail()).isEqualTo(acme.alice.email());
        assertThat(bed.store.mailboxes().read(edge))
                .extracting(letter -> letter.mail())
                .containsExactly(new Mail.ReviewDecided(acme.id(), session, id));

        var stored = bed.store.reviews().get(acme.id(), id).orElseThrow();
        var tenantKey = bed.store.tenants().get(acme.id()).orElseThrow().key();
        assertThat(stored.approval().orElseThrow().verify(tenantKey))
                .contains(stored.review().approval(stored.review().decision().orElseThrow()));

        var again = approve(acme.alicesKey, id);
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.problem().detail()).contains("approved");
        assertThat(bed.store.reviews().end(Actor.SYSTEM, acme.id(), id, Review.State.USED))
                .isTrue();
        assertThat(bed.store.reviews().end(Actor.SYSTEM, acme.id(), id, Review.State.CANCELLED))
                .as("what ran is over")
                .isFalse();
        assertThat(audited(id)).containsExactlyInAnyOrder("review.used", "review.approved", "review.asked");
    }

    @Test
    void aRejectionNeedsAReason() {
        var id = asked();
        assertThat(bed.post(acme.alicesKey, at(id, "/reject"), new Reject(null)).status())
                .isEqualTo(400);
        assertThat(bed.post(acme.alicesKey, at(id, "/reject"), new Reject("x".repeat(1_001)))
                        .status())
                .isEqualTo(400);
        var rejected = bed.post(acme.alicesKey, at(id, "/reject"), new Reject("not today"));
        assertThat(rejected.as(Reviews.Review.class).state()).isEqualTo("rejected");
        assertThat(rejected.as(Reviews.Review.class).decisionReason()).isEqualTo("not today");
        assertThat(approve(acme.alicesKey, id).status()).isEqualTo(409);
        assertThat(audited(id)).containsExactlyInAnyOrder("review.rejected", "review.asked");
    }

    /// Promise P6, attack class 32.
    @Test
    void whoAskedAndWhoIsNotNamedDecideNothing() {
        var id = asked();
        assertThat(approve(acme.bobsKey, id).problem().detail()).contains("You asked for this yourself");
        assertThat(approve(acme.auditor, id).status()).isEqualTo(403);
        assertThat(approve(acme.admin, id).problem().detail()).contains("no person");
        var bobs = key(acme.admin, "admin", acme.bob.id());
        assertThat(approve(bobs, id).problem().detail()).contains("You asked for this yourself");
        assertThat(approve(key(bobs, "member", acme.alice.id()), id).problem().detail())
                .as("a key in another's name that he made")
                .contains("You asked for this yourself");
        var other = new Filled(bed, "other");
        assertThat(approve(other.admin, id).status()).isEqualTo(404);
        assertThat(bed.get(other.admin, at(id, "")).status()).isEqualTo(404);
        assertThat(bed.get(acme.admin, at(id, "")).as(Reviews.Review.class).state())
                .isEqualTo("pending");
        assertThat(audited(id)).containsExactlyInAnyOrder("review.asked");
    }

    private String key(String by, String role, String user) {
        return bed.post(by, "/v1/keys", new Keys.NewKey("a key", role, user, null, null))
                .as(Keys.CreatedKey.class)
                .secret();
    }

    @Test
    void whoeverIsNamedLaterDecidesAndWhoIsNoLongerDoesNot() {
        var id = asked();
        var stranger = bed.post(
                        acme.admin,
                        "/v1/users",
                        new dev.sallyport.api.Users.UserWrite("eve@example.com", null, "eve", List.of(), null))
                .as(dev.sallyport.api.Users.User.class);
        var eves = key(acme.admin, "member", stranger.id());
        assertThat(bed.get(eves, at(id, "")).status()).isEqualTo(404);
        assertThat(bed.get(eves, "/v1/reviews").as(Reviews.Page.class).items()).isEmpty();
        assertThat(bed.delete(acme.admin, "/v1/connections/" + reviewed.id()).status())
                .isEqualTo(204);
        assertThat(approve(acme.alicesKey, id).status())
                .as("of a connection that is gone")
                .isEqualTo(404);
    }

    @Test
    void whatIsTooLateOrWhoseSessionHasEndedIsNotDecided() {
        var id = asked();
        clock.advance(Duration.ofSeconds(601));
        assertThat(approve(acme.alicesKey, id).problem().detail()).contains("expired");
        assertThat(bed.get(acme.alicesKey, "/v1/reviews?state=expired")
                        .as(Reviews.Page.class)
                        .items())
                .extracting(Reviews.Review::id)
                .containsExactly(id.value());
        var second = asked();
        assertThat(bed.store.sessions().end(Actor.SYSTEM, acme.id(), session, new Outcome.UserLeft(), clock.instant()))
                .isTrue();
        var late = approve(acme.alicesKey, second);
        assertThat(late.status()).isEqualTo(409);
        assertThat(late.problem().detail()).contains("session has ended");
    }

    @Test
    void aListIsPagedNewestFirstAndBounded() {
        var first = asked();
        var second = asked();
        var third = asked();
        var page = bed.get(acme.bobsKey, "/v1/reviews?limit=2").as(Reviews.Page.class);
        assertThat(page.items()).extracting(Reviews.Review::id).containsExactly(third.value(), second.value());
        var rest = bed.get(acme.bobsKey, "/v1/reviews?limit=2&cursor=" + page.next())
                .as(Reviews.Page.class);
        assertThat(rest.items()).extracting(Reviews.Review::id).containsExactly(first.value());
        assertThat(rest.next()).isNull();
        assertThat(bed.get(acme.bobsKey, "/v1/reviews?state=maybe").status()).isEqualTo(400);
        assertThat(bed.get(acme.bobsKey, "/v1/reviews?cursor=x").status()).isEqualTo(400);
        for (int i = 3; i < Review.MOST_OF_USER; i++) {
            var _ = asked();
        }
        org.assertj.core.api.Assertions.assertThatThrownBy(this::asked)
                .hasMessageContaining("wait for an approval already");
    }
}
