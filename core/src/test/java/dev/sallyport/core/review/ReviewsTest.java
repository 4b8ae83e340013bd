package dev.sallyport.core.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.hash.Sha256;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.ReviewId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.review.Review.Decision;
import dev.sallyport.core.review.Review.Standing;
import dev.sallyport.core.review.Review.State;
import dev.sallyport.core.tenant.TenantKey;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReviewsTest {

    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
    private static final Clock CLOCK = Clock.systemUTC();

    private final TenantKey.Signer signer = signer();
    private final UserId alice = UserId.next(CLOCK);
    private final UserId bob = UserId.next(CLOCK);
    private final Review review = new Review(
            TenantId.next(CLOCK),
            ReviewId.next(CLOCK),
            SessionId.next(CLOCK),
            alice,
            "alice@example.com",
            ConnectionId.next(CLOCK),
            new ConnectionName("shop"),
            EdgeId.next(CLOCK),
            new HeldStatement("drop table t", List.of()),
            "00112233445566778899aabbccddeeff",
            "safe-writes/drop",
            "This takes something away.",
            "drop table",
            NOW,
            NOW.plusSeconds(600),
            State.PENDING,
            Optional.empty());
    private final Wait wait = new Wait(
            review.tenant(),
            review.session(),
            alice,
            review.connection(),
            review.statement().hash(),
            review.challenge(),
            review.expires());

    private static TenantKey.Signer signer() {
        try {
            var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            return TenantKey.Signer.of(pair.getPrivate(), new TenantKey(pair.getPublic()));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Approver approver(UserId user, boolean admin, String... groups) {
        return new Approver(Optional.of(user), Optional.empty(), Set.of(groups), admin);
    }

    private SignedApproval.Approval approval() {
        return review.approval(new Decision(bob, "bob@example.com", NOW.plusSeconds(5), ""));
    }

    private Wait.Answer answer(SignedApproval signed) {
        return wait.answer(signed, Optional.of(review.id()), signer.publicKey(), NOW.plusSeconds(6));
    }

    private void refused(SignedApproval signed, String why) {
        assertThat(answer(signed))
                .isInstanceOfSatisfying(
                        Wait.Answer.NotReleased.class,
                        it -> assertThat(it.why()).contains(why));
    }

    @Test
    void anApprovalOfThisWaitReleasesIt() {
        var approval = approval();
        assertThat(answer(SignedApproval.sign(approval, signer))).isEqualTo(new Wait.Answer.Released(approval));
    }

    /// Promise P6.
    @Test
    void anApprovalOfAnythingElseReleasesNothing() {
        var a = approval();
        refused(SignedApproval.sign(a, signer()), "not signed by the tenant's key");
        var signed = SignedApproval.sign(a, signer);
        for (int i = 0; i < signed.bytes().length; i++) {
            var changed = signed.bytes().clone();
            changed[i] ^= 1;
            refused(new SignedApproval(changed, signed.signature()), "not signed by the tenant's key");
        }
        refused(
                SignedApproval.sign(
                        new SignedApproval.Approval(
                                a.tenant(),
                                a.review(),
                                SessionId.next(CLOCK),
                                a.user(),
                                a.connection(),
                                a.statement(),
                                a.challenge(),
                                a.by(),
                                a.email(),
                                a.until()),
                        signer),
                "another session");
        refused(
                SignedApproval.sign(
                        new SignedApproval.Approval(
                                a.tenant(),
                                a.review(),
                                a.session(),
                                bob,
                                a.connection(),
                                a.statement(),
                                a.challenge(),
                                a.by(),
                                a.email(),
                                a.until()),
                        signer),
                "another session");
        refused(
                SignedApproval.sign(
                        new SignedApproval.Approval(
                                a.tenant(),
                                a.review(),
                                a.session(),
                                a.user(),
                                ConnectionId.next(CLOCK),
                                a.statement(),
                                a.challenge(),
                                a.by(),
                                a.email(),
                                a.until()),
                        signer),
                "another session");
        refused(
                SignedApproval.sign(
                        new SignedApproval.Approval(
                                a.tenant(),
                                a.review(),
                                a.session(),
                                a.user(),
                                a.connection(),
                                Sha256.of("drop table u".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                                a.challenge(),
                                a.by(),
                                a.email(),
                                a.until()),
                        signer),
                "another statement");
        refused(
                SignedApproval.sign(
                        new SignedApproval.Approval(
                                a.tenant(),
                                a.review(),
                                a.session(),
                                a.user(),
                                a.connection(),
                                a.statement(),
                                "ff112233445566778899aabbccddeeff",
                                a.by(),
                                a.email(),
                                a.until()),
                        signer),
                "another time");
        refused(
                SignedApproval.sign(
                        new SignedApproval.Approval(
                                a.tenant(),
                                ReviewId.next(CLOCK),
                                a.session(),
                                a.user(),
                                a.connection(),
                                a.statement(),
                                a.challenge(),
                                a.by(),
                                a.email(),
                                a.until()),
                        signer),
                "another time");
        refused(
                SignedApproval.sign(
                        new SignedApproval.Approval(
                                a.tenant(),
                                a.review(),
                                a.session(),
                                a.user(),
                                a.connection(),
                                a.statement(),
                                a.challenge(),
                                alice,
                                a.email(),
                                a.until()),
                        signer),
                "by the one who asked");
    }

    @Test
    void anApprovalThatComesTooLateReleasesNothing() {
        var signed = SignedApproval.sign(approval(), signer);
        assertThat(wait.answer(signed, Optional.empty(), signer.publicKey(), review.expires()))
                .isInstanceOfSatisfying(
                        Wait.Answer.NotReleased.class,
                        it -> assertThat(it.why()).contains("too late"));
    }

    @Test
    void whoAskedNeverDecides() {
        var terms = new ReviewTerms(Set.of("leads"), Duration.ofMinutes(10));
        assertThat(review.standing(approver(alice, true, "leads"), terms, NOW)).isEqualTo(new Standing.Own());
        assertThat(review.standing(approver(alice, true), ReviewTerms.DEFAULT, NOW))
                .isEqualTo(new Standing.Own());
        assertThat(review.standing(
                        new Approver(Optional.of(bob), Optional.of(alice.value()), Set.of("leads"), true), terms, NOW))
                .as("by a key that he made for another")
                .isEqualTo(new Standing.Own());
    }

    @Test
    void aKeyWithoutAPersonDecidesNothing() {
        assertThat(review.standing(
                        new Approver(Optional.empty(), Optional.empty(), Set.of(), true), ReviewTerms.DEFAULT, NOW))
                .isEqualTo(new Standing.NoPerson());
        var program = new UserId(UserId.next(CLOCK).value().replace("usr_", "svc_"));
        assertThat(review.standing(
                        approver(program, true, "leads"),
                        new ReviewTerms(Set.of("leads"), Duration.ofMinutes(10)),
                        NOW))
                .isEqualTo(new Standing.NoPerson());
    }

    @Test
    void theGroupsOfTheConnectionDecideOrItsAdminsWhereNoneIsNamed() {
        var leads = new ReviewTerms(Set.of("leads"), Duration.ofMinutes(10));
        assertThat(review.standing(approver(bob, false, "leads"), leads, NOW)).isEqualTo(new Standing.May());
        assertThat(review.standing(approver(bob, true, "others"), leads, NOW)).isEqualTo(new Standing.NotNamed());
        assertThat(review.standing(approver(bob, true), ReviewTerms.DEFAULT, NOW))
                .isEqualTo(new Standing.May());
        assertThat(review.standing(approver(bob, false, "leads"), ReviewTerms.DEFAULT, NOW))
                .isEqualTo(new Standing.NotNamed());
        assertThat(review.standing(approver(bob, false, "leads"), leads, review.expires()))
                .isEqualTo(new Standing.Over(State.EXPIRED));
    }

    @Test
    void whatIsOverComesToNothingElse() {
        for (var state : State.values()) {
            for (var next : state.next()) {
                assertThat(next).isNotEqualTo(State.PENDING);
                assertThat(next == State.USED).as("%s to %s", state, next).isIn(false, state == State.APPROVED);
            }
        }
        assertThat(State.USED.next()).isEmpty();
        assertThat(State.REJECTED.next()).isEmpty();
    }

    @Test
    void theHashIsOfTheTextAndEachParameter() {
        var plain = new HeldStatement("select 1", List.of());
        assertThat(plain.hash()).isEqualTo(Sha256.of("select 1".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        assertThat(new HeldStatement("select 1", List.of("'a'", "'b'")).hash())
                .isNotEqualTo(new HeldStatement("select 1", List.of("'a''b'")).hash())
                .isNotEqualTo(plain.hash());
    }

    @Test
    void whatNobodyCouldReadIsNotHeld() {
        var longest = "x".repeat(HeldStatement.LONGEST);
        assertThat(new HeldStatement(longest, List.of()).length()).isEqualTo(HeldStatement.LONGEST);
        assertThatThrownBy(() -> new HeldStatement(longest + "x", List.of()))
                .hasMessageContaining("longer than " + HeldStatement.LONGEST);
        assertThatThrownBy(() -> new HeldStatement(longest, List.of("y"))).hasMessageContaining("longer than");
        assertThatThrownBy(() -> new HeldStatement("select '\0'", List.of())).hasMessageContaining("zero");
        assertThatThrownBy(() -> new HeldStatement("x", List.of("a\0b"))).hasMessageContaining("zero");
        assertThatThrownBy(() -> new HeldStatement("\ud800", List.of())).hasMessageContaining("no text");
        assertThatThrownBy(() -> new HeldStatement("x", Collections.nCopies(1_001, "1")))
                .hasMessageContaining("parameters");
    }
}
