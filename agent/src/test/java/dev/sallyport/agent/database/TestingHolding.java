package dev.sallyport.agent.database;

import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.connection.DatabaseProtocol;
import dev.sallyport.core.connection.DatabaseTls;
import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.ReviewId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.review.ReviewTerms;
import dev.sallyport.core.review.SignedApproval;
import dev.sallyport.core.session.Order;
import dev.sallyport.core.session.SessionRequest;
import dev.sallyport.core.tenant.TenantKey;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What one session holds statements with, and approvals as its control plane would sign them.
final class TestingHolding {

    private final Clock clock = Clock.systemUTC();
    private final TenantKey.Signer signer = signer();
    private final Order order;
    private final ConnectionDefinition definition;

    TestingHolding() {
        this(ReviewTerms.DEFAULT_WAIT);
    }

    TestingHolding(Duration patience) {
        var tenant = TenantId.next(clock);
        definition = new ConnectionDefinition(
                tenant,
                ConnectionId.next(clock),
                new ConnectionName("shop"),
                1,
                AgentId.next(clock),
                database(5_432),
                true,
                Optional.empty(),
                false,
                ConnectionDefinition.DEFAULT_IDLE,
                ConnectionDefinition.DEFAULT_LONGEST,
                new TreeMap<>(),
                Set.of(),
                new ReviewTerms(Set.of("leads"), patience));
        order = new Order(
                SessionId.next(clock),
                tenant,
                EdgeId.next(clock),
                UserId.next(clock),
                "alice@example.com",
                SignedDefinition.sign(definition, signer),
                new SessionRequest.Forward("shop", 5_432),
                Map.of(),
                RecordingLevel.STATEMENTS,
                clock.instant().plusSeconds(3_600));
    }

    /// A server on this machine.
    static TargetSettings.Database database(int port) {
        return new TargetSettings.Database(
                DatabaseProtocol.POSTGRES,
                "127.0.0.1",
                port,
                "app",
                Optional.empty(),
                Optional.empty(),
                List.of(),
                DatabaseTls.DISABLE,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                false,
                List.of(),
                Optional.empty());
    }

    static TenantKey.Signer signer() {
        try {
            var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            return TenantKey.Signer.of(pair.getPrivate(), new TenantKey(pair.getPublic()));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    Holding holding() {
        return new Holding(order, definition, signer.publicKey(), clock);
    }

    Clock clock() {
        return clock;
    }

    /// What the control plane would sign for a statement that waits.
    SignedApproval.Approval approval(Message.Hold hold, ReviewId review) {
        return new SignedApproval.Approval(
                order.tenant(),
                review,
                order.session(),
                order.user(),
                definition.id(),
                hold.statement().hash(),
                HexFormat.of().formatHex(hold.challenge()),
                UserId.next(clock),
                "bob@example.com",
                hold.until());
    }

    SignedApproval signed(SignedApproval.Approval approval) {
        return SignedApproval.sign(approval, signer);
    }
}
