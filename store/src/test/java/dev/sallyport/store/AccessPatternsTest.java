package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.access.AccessMode;
import dev.sallyport.core.agent.Agent;
import dev.sallyport.core.apikey.ApiKey;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.certificate.TrustedCa;
import dev.sallyport.core.certificate.TrustedCa.UserAttribute;
import dev.sallyport.core.certificate.UserCertificate;
import dev.sallyport.core.connection.ConnectionTest;
import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.connection.TestStep;
import dev.sallyport.core.edge.Attachment;
import dev.sallyport.core.edge.EdgeAddress;
import dev.sallyport.core.edge.Mail;
import dev.sallyport.core.group.Group;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.GroupId;
import dev.sallyport.core.id.KeyId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TestId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.recording.RecordingRow;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.core.revocation.Revocation;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.core.session.Session;
import dev.sallyport.core.statement.IndexedStatement;
import dev.sallyport.core.statement.StatementSearch;
import dev.sallyport.core.tenant.TenantSettings;
import dev.sallyport.core.user.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The table of access patterns in `docs/store.md` says what is counted.
class AccessPatternsTest {

    private final MutableClock clock = new MutableClock(Instant.parse("2026-11-22T10:00:10Z"));
    private final Store plain = LocalDynamo.store(clock);
    private final ExampleTenant acme = new ExampleTenant(plain, "acme");
    private final Metered metered = new Metered(plain);
    private final Store store = metered.store();
    private final EdgeId edge = EdgeId.next(clock);
    private final Map<String, String> measured = new LinkedHashMap<>();

    @Test
    void theDocumentSaysWhatIsMeasured() throws IOException {
        admission();
        configuration();
        edges();
        tests();
        time();

        var document = Files.readAllLines(Path.of("..", "docs", "store.md")).stream()
                .filter(line -> line.startsWith("| "))
                .map(line -> line.split("\\|", -1))
                .filter(cells -> cells.length == 7)
                .collect(java.util.stream.Collectors.toMap(
                        cells -> cells[1].strip(),
                        cells -> cells[3].strip() + " | " + cells[4].strip() + " | " + cells[5].strip(),
                        (one, other) -> one,
                        LinkedHashMap::new));
        var rows = new StringBuilder();
        measured.forEach((name, units) ->
                rows.append("| ").append(name).append(" | | ").append(units).append(" |\n"));
        document.keySet().retainAll(measured.keySet());
        assertThat(document).as("measured now:\n%s", rows).isEqualTo(measured);
    }

    private void admission() {
        var certificate = new UserCertificate(
                true,
                7,
                "alice",
                List.of("clear", "alice@example.com"),
                clock.instant(),
                clock.instant().plusSeconds(600),
                Map.of(),
                Set.of(),
                acme.ca().fingerprint(),
                ExampleTenant.fingerprint("key"));
        measure(
                "facts of an admission (two principals)",
                () -> store.policies().facts(acme.id(), certificate, UserAttribute.EMAIL, certificate.principals()));
        measure("policy of an epoch", () -> store.policies().policy(acme.id()));
        store.auditLog().append(acme.id(), Actor.SYSTEM, "test", "", Map.of());
        start();
        var session = new Session[1];
        measure("start of a session", () -> session[0] = start());
        measure("end of a session", () -> end(session[0]));
        var killed = start();
        store.edges().register(new EdgeAddress(edge, "", clock.instant()));
        measure("kill a session", () -> store.sessions().kill(ExampleTenant.ADMIN, acme.id(), killed.id()));
        measure("change a recording that lives", () -> change(killed, RecordingState.LIVE, 3));
        measure("end a recording", () -> change(killed, RecordingState.COMPLETE, 4));
        measure("a session by id", () -> store.sessions().get(acme.id(), killed.id()));
        measure(
                "a page of sessions (one day)",
                () -> store.sessions().list(acme.id(), Sessions.Filter.all(), Optional.empty(), 50));
        measure(
                "the recordings of a page of two sessions",
                () -> store.recordings().all(acme.id(), List.of(killed.id(), session[0].id())));
        end(killed);
        statements(killed);
        keeping(killed.id(), session[0].id());
    }

    private void statements(Session session) {
        var statement = new IndexedStatement(
                session.id(),
                1,
                clock.instant(),
                session.user(),
                session.email(),
                session.connectionName(),
                "update orders set state = 'sent', carrier = 'x' where customer = 1 and shop = 2 returning id, total",
                false,
                "allow",
                Optional.empty());
        measure(
                "index a statement (9 words)",
                () -> store.statements().add(acme.id(), List.of(statement), Optional.empty()));
        for (var whose : List.of(Optional.<UserId>empty(), Optional.of(session.user()))) {
            measure(
                    whose.isEmpty()
                            ? "search statements for a word (30 days, one found)"
                            : "the same among one user's statements",
                    () -> store.statements()
                            .find(
                                    acme.id(),
                                    new StatementFinder.Query(
                                            StatementSearch.of("carrier").orElseThrow(),
                                            whose,
                                            Optional.empty(),
                                            Optional.empty(),
                                            clock.instant().minus(Duration.ofDays(30)),
                                            clock.instant().plusSeconds(1),
                                            50),
                                    Optional.empty()));
        }
    }

    private void keeping(SessionId session, SessionId another) {
        measure("put a session on hold", () -> store.holds().put(ExampleTenant.ADMIN, acme.id(), another, "case"));
        measure("a session's hold", () -> store.holds().get(acme.id(), another));
        measure(
                "delete a recording",
                () -> store.deletions().delete(ExampleTenant.ADMIN, acme.id(), session, "mistake"));
        measure("the settings of a tenant", () -> store.settings().get(acme.id()));
        measure(
                "change the settings of a tenant",
                () -> store.settings().update(ExampleTenant.ADMIN, acme.id(), TenantSettings.DEFAULT));
    }

    private void configuration() {
        measure(
                "make a user (two names, one group)",
                () -> store.users()
                        .create(
                                ExampleTenant.ADMIN,
                                new User(
                                        acme.id(),
                                        UserId.next(clock),
                                        "carol@example.com",
                                        Optional.of("carol"),
                                        "Carol",
                                        Set.of("engineers"),
                                        User.Status.ACTIVE,
                                        1)));
        measure("change a user", () -> store.users().update(ExampleTenant.ADMIN, acme.alice()));
        measure("a user by e-mail address", () -> store.users().byEmail(acme.id(), "alice@example.com"));
        measure("a page of users", () -> store.users().list(acme.id(), Optional.empty(), 50));
        measure(
                "make a group",
                () -> store.groups()
                        .create(ExampleTenant.ADMIN, new Group(acme.id(), GroupId.next(clock), "others", 1)));
        measure("delete a group", () -> store.groups().delete(ExampleTenant.ADMIN, acme.id(), "others"));
        measure(
                "make a connection",
                () -> store.connections()
                        .create(
                                ExampleTenant.ADMIN,
                                SignedDefinition.sign(
                                        acme.definition(ConnectionId.next(clock), "other", 1), acme.signer())));
        measure(
                "a connection by name",
                () -> store.connections().byName(acme.id(), acme.bash().name()));
        measure(
                "make an agent",
                () -> store.agents()
                        .create(
                                ExampleTenant.ADMIN,
                                new Agent(
                                        acme.id(),
                                        AgentId.next(clock),
                                        "second",
                                        List.of(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        false,
                                        1)));
        measure(
                "let an agent join",
                () -> store.agents()
                        .invite(ExampleTenant.ADMIN, acme.id(), acme.agent().id(), ExampleTenant.sha256("join")));
        measure(
                "an agent registers itself",
                () -> store.agents()
                        .register(
                                ExampleTenant.ADMIN,
                                acme.id(),
                                acme.agent().id(),
                                ExampleTenant.sha256("join"),
                                ExampleTenant.sha256("joined")));
        measure(
                "rotate an agent's token",
                () -> store.agents()
                        .rotate(ExampleTenant.ADMIN, acme.id(), acme.agent().id(), ExampleTenant.sha256("next")));
        measure(
                "revoke a certificate",
                () -> store.revocations()
                        .revoke(
                                ExampleTenant.ADMIN,
                                new Revocation(
                                        acme.id(),
                                        new Revocation.CertificateKeyId("x"),
                                        "lost",
                                        clock.instant(),
                                        Optional.empty())));
        measure(
                "trust a CA",
                () -> store.trustedCas()
                        .trust(
                                ExampleTenant.ADMIN,
                                new TrustedCa(
                                        acme.id(),
                                        ExampleTenant.fingerprint("other"),
                                        "ssh-ed25519 AAAA",
                                        acme.ca().from(),
                                        acme.ca().to())));
        measure("the trust snapshot", () -> store.trustedCas().all());
        var key = new ApiKey(
                acme.id(),
                KeyId.next(clock),
                "ci",
                Optional.empty(),
                ApiKey.Role.ADMIN,
                clock.instant(),
                Optional.empty(),
                Optional.empty(),
                List.of());
        measure("make an API key", () -> store.apiKeys().create(ExampleTenant.ADMIN, key, ExampleTenant.sha256("key")));
        measure("an API key by its hash", () -> store.apiKeys().byHash(ExampleTenant.sha256("key")));
        measure("note the use of an API key", () -> store.apiKeys().used(key));
        measure("a tenant by its name", () -> store.tenants().bySlug("acme"));
        measure("all tenants", () -> store.tenants().all());
    }

    private void edges() {
        store.mailboxes().read(edge).forEach(letter -> store.mailboxes().delete(edge, letter));
        measure("a beat", () -> store.edges().beat(edge));
        measure("read an empty mailbox", () -> store.mailboxes().read(edge));
        measure("put a letter", () -> store.mailboxes().put(edge, new Mail.ConfigChanged(acme.id())));
        measure(
                "delete a letter",
                () -> store.mailboxes()
                        .delete(edge, store.mailboxes().read(edge).getFirst()));
        measure("look at the beats of all edges", () -> store.edges().beats());
        measure("hold a duty", () -> store.edges().hold("sweep", edge));
        measure("hold a duty again", () -> store.edges().hold("sweep", edge));
        measure("sweep the outbox", () -> store.outbox().sweep());
        var attachment = new Attachment(
                acme.id(),
                acme.agent().id(),
                AgentInstanceId.next(clock),
                edge,
                "0.1.0",
                "host",
                "192.0.2.3",
                Optional.empty(),
                Set.of("custom"),
                clock.instant());
        measure("attach an agent", () -> store.attachments().attached(attachment));
        measure(
                "where an agent is attached",
                () -> store.attachments().of(acme.id(), acme.agent().id()));
    }

    private void tests() {
        var test = new ConnectionTest(
                acme.id(),
                TestId.next(clock),
                acme.bash().id(),
                acme.bash().name(),
                acme.agent().id(),
                ExampleTenant.ADMIN.id(),
                clock.instant(),
                Optional.empty());
        measure("ask for a test of a connection", () -> store.connectionTests().ask(ExampleTenant.ADMIN, test, edge));
        measure("take a test", () -> store.connectionTests().take(acme.id(), test.id(), edge));
        var end = new ConnectionTest.End(
                List.of(TestStep.passed(TestStep.AGENT, "attached", Duration.ZERO)), clock.instant());
        measure("end a test", () -> store.connectionTests().end(Actor.SYSTEM, test, end));
        measure("a test by id", () -> store.connectionTests().get(acme.id(), test.id()));
    }

    private void time() {
        measure("append an audit entry", () -> store.auditLog().append(acme.id(), Actor.SYSTEM, "test", "", Map.of()));
        measure(
                "a page of the audit log (one minute)",
                () -> store.auditLog()
                        .list(acme.id(), Instant.EPOCH, clock.instant().plusSeconds(60), Optional.empty(), 50));
        clock.advance(Duration.ofMinutes(3));
        var writer = new CheckpointWriter(store, tenant -> acme.signer(), clock);
        measure("write a checkpoint (one minute)", () -> writer.run(acme.id()));
        measure("nothing to write a checkpoint of", () -> writer.run(acme.id()));
    }

    private void measure(String name, Runnable work) {
        var units = metered.of(work);
        measured.put(name, "%d | %d | %d".formatted(units.calls(), units.reads(), units.writes()));
    }

    private void change(Session session, RecordingState state, int chunks) {
        store.recordings()
                .change(
                        acme.id(),
                        session.id(),
                        row -> new RecordingRow(
                                row.tenant(),
                                row.session(),
                                row.wrappedDataKey(),
                                row.level(),
                                state,
                                chunks,
                                dev.sallyport.core.hash.Sha256.of(new byte[1]).bytes(),
                                row.version()))
                .orThrow();
    }

    private void end(Session session) {
        assertThat(store.sessions().end(Actor.SYSTEM, acme.id(), session.id(), new Outcome.Exited(0), clock.instant()))
                .isTrue();
    }

    private Session start() {
        var session = new Session(
                acme.id(),
                SessionId.next(clock),
                acme.alice().id(),
                acme.alice().email(),
                acme.bash().id(),
                acme.bash().name(),
                1,
                acme.agent().id(),
                edge,
                AccessMode.EXEC,
                "exec",
                Optional.of("ls -l /tmp"),
                "192.0.2.9",
                new Session.ShownCertificate(acme.ca().fingerprint(), 7, "alice", ExampleTenant.fingerprint("key")),
                RecordingLevel.FULL,
                true,
                clock.instant(),
                clock.instant().plusSeconds(60),
                Optional.empty());
        return store.sessions()
                .start(
                        new Actor(acme.alice().id().value(), "192.0.2.9"),
                        session,
                        new RecordingRow(
                                acme.id(),
                                session.id(),
                                new byte[60],
                                RecordingLevel.FULL,
                                RecordingState.LIVE,
                                0,
                                new byte[0],
                                1))
                .orThrow();
    }
}
