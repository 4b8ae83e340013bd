package dev.sallyport.control.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Agents;
import dev.sallyport.api.Problem;
import dev.sallyport.control.Bed;
import dev.sallyport.control.Filled;
import dev.sallyport.core.agent.AgentKey;
import dev.sallyport.core.agent.JoinLine;
import dev.sallyport.core.agent.JoinToken;
import dev.sallyport.core.audit.AuditEntry;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.store.MutableClock;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/// An agent fetches its key with a line that counts once.
final class AgentRegistrationTest {

    private final MutableClock clock = new MutableClock(Instant.now());
    private final Bed bed = new Bed(clock);
    private final Filled acme = new Filled(bed, "acme");

    private JoinLine line(Agents.KeyedAgent answer) throws Exception {
        assertThat(answer.key()).isNull();
        return JoinLine.parse(Objects.requireNonNull(answer.join()).line());
    }

    private Agents.KeyedAgent create(String name) {
        return bed.post(acme.admin, "/v1/agents", new Agents.NewAgent(name, true))
                .as(Agents.KeyedAgent.class);
    }

    private Bed.Reply register(String token) {
        return bed.post("", "/v1/agents/register", new Agents.Registration(token));
    }

    private Agents.Agent shown(String name) {
        return bed.get(acme.admin, "/v1/agents/" + name).as(Agents.Agent.class);
    }

    @Test
    void anAgentFetchesItsKeyOnceWithTheLineThatItsAdminWasShown() throws Exception {
        var made = create("site");
        assertThat(made.agent().keys()).isZero();
        var line = line(made);
        var join = Objects.requireNonNull(made.join());
        assertThat(line.api()).isEqualTo(URI.create("https://api.example.com"));
        assertThat(join.command()).isEqualTo("sallyport-agent install --start --join " + line.text());
        assertThat(made.agent().joinUntil()).isEqualTo(join.until());
        assertThat(Duration.between(clock.instant(), join.until()))
                .isBetween(Duration.ofMinutes(59), Duration.ofHours(1));

        var key = AgentKey.parse(
                register(line.token().text()).as(Agents.Registered.class).key());
        assertThat(line.promised(key)).isTrue();
        assertThat(bed.store
                        .agents()
                        .get(acme.id(), key.token().agent())
                        .orElseThrow()
                        .accepts(key.token().hash(), clock.instant()))
                .isTrue();
        assertThat(shown("site").keys()).isEqualTo(1);
        assertThat(shown("site").joinUntil()).isNull();

        var again = register(line.token().text());
        assertThat(again.problem().is(Problem.Type.UNAUTHENTICATED)).isTrue();
        assertThat(shown("site").keys()).isEqualTo(1);
        assertThat(bed.audit(acme.id()))
                .filteredOn(entry -> entry.object().equals(made.agent().id()))
                .extracting(AuditEntry::action)
                .containsExactlyInAnyOrder("agent.registered", "agent.created");
        assertThat(bed.audit(acme.id()).toString())
                .doesNotContain(line.token().secret(), key.token().text());
        assertThat(bed.audit(acme.id()))
                .filteredOn(entry -> entry.action().equals("agent.registered"))
                .allMatch(entry -> entry.actor().equals(made.agent().id())
                        && entry.source().equals("192.0.2.7"));
    }

    /// What is wrong with a token is nobody's to learn who has none that counts.
    @Test
    void whateverIsWrongWithATokenTheAnswerIsTheSame() throws Exception {
        var used = line(create("used")).token();
        register(used.text()).as(Agents.Registered.class);
        var replaced = line(create("replaced")).token();
        bed.post(acme.admin, "/v1/agents/replaced/join", "").as(Agents.KeyedAgent.class);
        var revoked = line(create("revoked")).token();
        bed.post(acme.admin, "/v1/agents/revoked/revoke", "").as(Agents.Agent.class);
        var deleted = line(create("deleted")).token();
        bed.delete(acme.admin, "/v1/agents/deleted");
        var disabled = line(create("disabled")).token();
        bed.store
                .agents()
                .setDisabled(new dev.sallyport.core.audit.Actor("test", ""), acme.id(), disabled.agent(), true)
                .orThrow();
        var expired = line(create("expired")).token();
        var live = line(create("live")).token();
        clock.advance(dev.sallyport.store.Agents.JOINING);

        var wrong = List.of(
                used.text(),
                replaced.text(),
                revoked.text(),
                deleted.text(),
                disabled.text(),
                expired.text(),
                live.text(),
                JoinToken.issue(acme.id(), used.agent()).text(),
                JoinToken.issue(acme.id(), AgentId.next(clock)).text(),
                JoinToken.issue(TenantId.next(clock), used.agent()).text(),
                new JoinToken(new Filled(bed, "other").id(), live.agent(), live.secret()).text(),
                "sallyport_join_",
                "");
        var answers = new ArrayList<String>();
        for (var token : wrong) {
            clock.advance(Duration.ofMinutes(1));
            var reply = register(token);
            assertThat(reply.status()).as(token).isEqualTo(401);
            answers.add(reply.text());
        }
        assertThat(answers).hasSize(wrong.size()).containsOnly(answers.getFirst());
        for (var name : List.of("replaced", "revoked", "expired", "live")) {
            assertThat(shown(name).keys()).as(name).isZero();
        }
    }

    @Test
    void ofManyWhoComeAtOnceWithTheSameTokenOneIsGivenAKey() throws Exception {
        var token = line(create("site")).token().text();
        int many = 8;
        var begin = new CountDownLatch(1);
        try (var threads = Executors.newFixedThreadPool(many)) {
            Callable<Integer> one = () -> {
                begin.await();
                return register(token).status();
            };
            var asked = new ArrayList<java.util.concurrent.Future<Integer>>();
            for (int i = 0; i < many; i++) {
                asked.add(threads.submit(one));
            }
            begin.countDown();
            var statuses = new ArrayList<Integer>();
            for (var answer : asked) {
                statuses.add(answer.get());
            }
            assertThat(statuses).containsOnlyOnce(200);
            assertThat(statuses).filteredOn(status -> status == 401).hasSize(many - 1);
        }
        assertThat(shown("site").keys()).isEqualTo(1);
    }

    @Test
    void aLineForAnAgentThatHasAKeyRotatesIt() throws Exception {
        var before = AgentKey.parse(String.valueOf(acme.agent.key()));
        var line = line(bed.post(acme.admin, "/v1/agents/first/join", "").as(Agents.KeyedAgent.class));
        assertThat(shown("first").keys()).as("until it is used").isEqualTo(1);
        var after = AgentKey.parse(
                register(line.token().text()).as(Agents.Registered.class).key());
        var agent = bed.store.agents().get(acme.id(), after.token().agent()).orElseThrow();
        assertThat(agent.accepts(before.token().hash(), clock.instant())).isTrue();
        clock.advance(Duration.ofHours(1));
        assertThat(agent.accepts(before.token().hash(), clock.instant())).isFalse();
        assertThat(agent.accepts(after.token().hash(), clock.instant())).isTrue();
    }

    @Test
    void anAddressThatTriesTooOftenIsToldToWait() throws Exception {
        var token = line(create("site")).token();
        for (int i = 0; i < 10; i++) {
            assertThat(register(JoinToken.issue(acme.id(), token.agent()).text())
                            .status())
                    .isEqualTo(401);
        }
        var reply = register(token.text());
        assertThat(reply.problem().is(Problem.Type.TOO_MANY_REQUESTS)).isTrue();
        assertThat(reply.headers()).containsEntry("Retry-After", "60");
        clock.advance(Duration.ofMinutes(1));
        assertThat(register(token.text()).status()).isEqualTo(200);
    }

    @Test
    void whatIsNoRegistrationIsRefused() {
        for (var body : List.of("", "not json", "{\"join\":1}", "{\"join\":\"x\",\"name\":\"y\"}")) {
            assertThat(bed.post("", "/v1/agents/register", body).status())
                    .as(body)
                    .isEqualTo(400);
        }
        assertThat(bed.post("", "/v1/agents/register", "{}").status()).isEqualTo(401);
    }
}
