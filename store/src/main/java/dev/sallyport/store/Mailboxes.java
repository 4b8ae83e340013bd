package dev.sallyport.store;

import dev.sallyport.core.edge.Mail;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.ReviewId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.TestId;
import dev.sallyport.core.id.Ulid;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The mailbox of each edge: put by whoever changed something, read whole and emptied by the edge.
///
/// Mail that says the same replaces what is there (`MAIL#<what it says>`), so a mailbox never holds more than
/// one letter for a tenant's configuration, a session, an agent, a test and a review.
public final class Mailboxes {

    /// How long a letter waits for an edge that does not read, in case nobody closes that edge.
    private static final Duration KEPT = Duration.ofDays(1);

    private final Tables tables;

    Mailboxes(Tables tables) {
        this.tables = tables;
    }

    /// Mail as it lies in a mailbox.
    ///
    /// @param stamp new with each put: mail is deleted only as it was read
    public record Letter(String sort, String stamp, Mail mail) {}

    public void put(EdgeId edge, Mail mail) {
        var now = tables.clock().instant();
        var item = Item.of(
                        Directory.edge(edge),
                        Directory.MAIL
                                + switch (mail) {
                                    case Mail.ConfigChanged(var tenant) -> "CONFIG#" + tenant.value();
                                    case Mail.KillSession(var tenant, var session, var by) -> "KILL#" + session.value();
                                    case Mail.AgentRevoked(var tenant, var agent) -> "AGENT#" + agent.value();
                                    case Mail.TestConnection(var tenant, var test) -> "TEST#" + test.value();
                                    case Mail.ReviewDecided(var tenant, var session, var review) ->
                                        "REVIEW#" + review.value();
                                })
                .text("stamp", Ulid.next(now.toEpochMilli()))
                .expires(Optional.of(now.plus(KEPT)));
        write(item, mail);
        tables.put(Table.LIVE, item, Condition.none());
    }

    /// Everything in the mailbox.
    public List<Letter> read(EdgeId edge) {
        return tables.list(Table.LIVE, Directory.edge(edge), Directory.MAIL).stream()
                .map(item -> new Letter(item.sort(), item.text("stamp"), read(item)))
                .toList();
    }

    /// Removes a letter that was acted upon, unless another that says the same has come since.
    public void delete(EdgeId edge, Letter letter) {
        tables.delete(Table.LIVE, Directory.edge(edge), letter.sort(), Condition.text("stamp", letter.stamp()));
    }

    static void write(Item item, Mail mail) {
        item.text("tenant", mail.tenant().value());
        switch (mail) {
            case Mail.ConfigChanged changed -> item.text("mail", "CONFIG");
            case Mail.KillSession(var tenant, var session, var by) ->
                item.text("mail", "KILL").text("session", session.value()).text("by", by);
            case Mail.AgentRevoked(var tenant, var agent) ->
                item.text("mail", "AGENT").text("agent", agent.value());
            case Mail.TestConnection(var tenant, var test) ->
                item.text("mail", "TEST").text("test", test.value());
            case Mail.ReviewDecided(var tenant, var session, var review) ->
                item.text("mail", "REVIEW").text("session", session.value()).text("review", review.value());
        }
    }

    static Mail read(Item item) {
        var tenant = new TenantId(item.text("tenant"));
        return switch (item.text("mail")) {
            case "CONFIG" -> new Mail.ConfigChanged(tenant);
            case "KILL" -> new Mail.KillSession(tenant, new SessionId(item.text("session")), item.text("by"));
            case "AGENT" -> new Mail.AgentRevoked(tenant, new AgentId(item.text("agent")));
            case "TEST" -> new Mail.TestConnection(tenant, new TestId(item.text("test")));
            case "REVIEW" ->
                new Mail.ReviewDecided(tenant, new SessionId(item.text("session")), new ReviewId(item.text("review")));
            default -> throw new IllegalStateException("a mailbox holds mail of an unknown kind");
        };
    }
}
