package dev.sallyport.core.review;

import dev.sallyport.core.hash.Sha256;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.ReviewId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.tenant.TenantKey;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// An approval exactly as the control plane signed it with the tenant's key.
///
/// It is read only after the signature held. An edge carries it, and can neither make nor change one.
public record SignedApproval(byte[] bytes, byte[] signature) {

    /// Length of a challenge, in bytes.
    public static final int CHALLENGE = 16;

    /// Longest text, in bytes.
    public static final int LONGEST = 4_000;

    private static final String PURPOSE = "statement-approval v1";
    private static final String HEAD = "sallyport-approval 1";
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{" + 2 * CHALLENGE + "}");

    /// What was approved, and for how long.
    ///
    /// @param challenge the agent's, in hexadecimal: it makes the approval good for one wait
    /// @param by who approved
    /// @param email of theirs, for the user and the record
    /// @param until from then on it is worthless
    public record Approval(
            TenantId tenant,
            ReviewId review,
            SessionId session,
            UserId user,
            ConnectionId connection,
            Sha256 statement,
            String challenge,
            UserId by,
            String email,
            Instant until) {

        public Approval {
            if (!HEX.matcher(challenge).matches() || email.length() > 254) {
                throw new IllegalArgumentException("a challenge has " + 2 * CHALLENGE + " hexadecimal digits");
            }
        }
    }

    public static SignedApproval sign(Approval approval, TenantKey.Signer signer) {
        var bytes = String.join(
                        "\n",
                        List.of(
                                HEAD,
                                approval.tenant().value(),
                                approval.review().value(),
                                approval.session().value(),
                                approval.user().value(),
                                approval.connection().value(),
                                approval.statement().hex(),
                                approval.challenge(),
                                approval.by().value(),
                                URLEncoder.encode(approval.email(), StandardCharsets.UTF_8),
                                Long.toString(approval.until().toEpochMilli()),
                                ""))
                .getBytes(StandardCharsets.UTF_8);
        return new SignedApproval(bytes, signer.sign(PURPOSE, bytes));
    }

    /// What it says, when `key` signed it; empty when not, or when it cannot be read.
    public Optional<Approval> verify(TenantKey key) {
        if (bytes.length > LONGEST || !key.verifies(PURPOSE, bytes, signature)) {
            return Optional.empty();
        }
        var lines = new String(bytes, StandardCharsets.UTF_8).split("\n", -1);
        if (lines.length != 12 || !lines[0].equals(HEAD) || !lines[11].isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Approval(
                    new TenantId(lines[1]),
                    new ReviewId(lines[2]),
                    new SessionId(lines[3]),
                    new UserId(lines[4]),
                    new ConnectionId(lines[5]),
                    Sha256.parse(lines[6]),
                    lines[7],
                    new UserId(lines[8]),
                    URLDecoder.decode(lines[9], StandardCharsets.UTF_8),
                    Instant.ofEpochMilli(Long.parseLong(lines[10]))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SignedApproval that
                && Arrays.equals(bytes, that.bytes)
                && Arrays.equals(signature, that.signature);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "SignedApproval(" + bytes.length + " bytes)";
    }
}
