package dev.sallyport.agent.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.DatabaseProtocol;
import dev.sallyport.core.connection.DatabaseTls;
import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.policy.PolicyDocument;
import dev.sallyport.core.policy.SignedPolicy;
import dev.sallyport.core.session.Order;
import dev.sallyport.core.session.SessionRequest;
import dev.sallyport.core.tenant.TenantKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Attack classes 37 and 43, promise 8: an edge cannot make an agent do what the tenant did not sign.
final class OrderTest {

    @TempDir
    Path state;

    private TestingAgent agent;

    @BeforeEach
    void start() throws Exception {
        agent = new TestingAgent(state);
    }

    @AfterEach
    void stop() {
        agent.close();
    }

    private Order with(Order order, SignedDefinition definition, TenantId tenant) {
        return new Order(
                order.session(),
                tenant,
                order.edge(),
                order.user(),
                order.email(),
                definition,
                order.request(),
                order.environment(),
                order.level(),
                order.deadline());
    }

    private void assertRefused(Order order, String why) throws Exception {
        var session = agent.start(order);
        var failed = session.link().await(Message.Failed.class);
        assertThat(failed.kind()).isEqualTo(Message.Failed.Reason.REFUSED);
        assertThat(failed.reason()).contains(why);
        session.thread().join();
        assertThat(session.link().messages()).hasSize(1);
        assertThat(agent.reports)
                .anyMatch(report -> report.contains(order.session().value()) && report.contains(why));
    }

    private ConnectionDefinition definition() {
        return agent.definition(agent.custom("bash"));
    }

    @Test
    void aDefinitionThatAnotherKeySignedIsRefused() throws Exception {
        TenantKey.Signer other = TestingAgent.signer();
        var order = agent.order(definition(), TestingAgent.command("true"));
        assertRefused(
                with(order, SignedDefinition.sign(definition(), other), agent.tenant),
                "not signed by the tenant's key");
    }

    @Test
    void aDefinitionThatWasChangedAfterwardsIsRefused() throws Exception {
        var order = agent.order(definition(), TestingAgent.command("true"));
        for (int i = 0; i < order.definition().bytes().length; i += 7) {
            var changed = order.definition().bytes().clone();
            changed[i] ^= 1;
            assertRefused(
                    with(order, new SignedDefinition(changed, order.definition().signature()), agent.tenant),
                    "not signed by the tenant's key");
        }
    }

    @Test
    void aDefinitionThatSaysMoreThanTheAgentCanReadIsRefusedWithWhatToDo() throws Exception {
        var order = agent.order(definition(), TestingAgent.command("true"));
        var text = new String(order.definition().bytes(), StandardCharsets.UTF_8);
        var newer = text.replace("\nstrict ", "\nguardrail later\nstrict ").getBytes(StandardCharsets.UTF_8);
        assertThat(newer).hasSizeGreaterThan(order.definition().bytes().length);
        var signed = new SignedDefinition(newer, agent.signer.sign("connection-definition v1", newer));
        assertRefused(with(order, signed, agent.tenant), "upgrade the agent");
    }

    @Test
    void anAgentBesideACommandOpensItsOneConnectionOnly() throws Exception {
        for (var only : List.of("bash", "web")) {
            try (var beside = new TestingAgent(Files.createDirectory(state.resolve(only)), only)) {
                var session = beside.start(beside.order(beside.custom("/bin/sh"), TestingAgent.command("true")));
                if (only.equals("bash")) {
                    session.link().await(Message.Opened.class);
                } else {
                    assertThat(session.link().await(Message.Failed.class).reason())
                            .contains("beside a command, for another connection only");
                }
            }
        }
    }

    @Test
    void anotherTenantsOrderIsRefused() throws Exception {
        var order = agent.order(definition(), TestingAgent.command("true"));
        assertRefused(with(order, order.definition(), TenantId.next(agent.clock)), "another tenant");
    }

    @Test
    void anotherAgentsConnectionIsRefused() throws Exception {
        var other = agent.definition(agent.custom("bash"), AgentId.next(agent.clock), 1);
        assertRefused(agent.order(other, TestingAgent.command("true")), "names another agent");
    }

    @Test
    void anOlderVersionIsRefusedAlsoByANewProcess() throws Exception {
        var first = definition();
        var second = new ConnectionDefinition(
                first.tenant(),
                first.id(),
                first.name(),
                2,
                first.agent(),
                first.target(),
                true,
                Optional.empty(),
                false,
                first.idle(),
                first.longest(),
                first.tags(),
                first.acceptEnvironment());
        var session = agent.start(agent.order(second, TestingAgent.command("true")));
        session.link().await(Message.Exit.class);
        assertRefused(agent.order(first, TestingAgent.command("true")), "a later version");
        assertThat(new SeenVersions(state).admits(first.id(), 1)).isFalse();
        assertThat(new SeenVersions(state).admits(first.id(), 2)).isTrue();
    }

    @Test
    void aDamagedListOfVersionsIsNotTakenForAnEmptyOne() throws Exception {
        Files.writeString(state.resolve("versions"), "con_x one\n");
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> new SeenVersions(state)))
                .isInstanceOf(java.io.IOException.class);
    }

    @Test
    void anOrderWhoseTimeIsOverIsRefused() throws Exception {
        assertRefused(
                agent.order(
                        definition(),
                        TestingAgent.command("true"),
                        Map.of(),
                        agent.clock.instant().minusSeconds(1)),
                "time is over");
    }

    @Test
    void aRequestThatTheTypeDoesNotServeIsRefused() throws Exception {
        assertRefused(agent.order(definition(), new SessionRequest.Subsystem("sftp")), "no files");
        assertRefused(agent.order(definition(), new SessionRequest.Forward("localhost", 22)), "not one to forward to");
        assertRefused(
                agent.order(agent.definition(new TargetSettings.Tcp("localhost", 1)), TestingAgent.command("true")),
                "raw bytes");
    }

    @Test
    void aProgramThatWouldRunAsRootOrAsNobodyInParticularIsRefused() throws Exception {
        org.junit.jupiter.api.Assumptions.assumeTrue(agent.programs.changesAccount());
        var template = agent.custom("bash");
        for (var account : java.util.List.of(Optional.<String>empty(), Optional.of("root"))) {
            var custom = new TargetSettings.Custom(
                    template.entrypoint(),
                    account,
                    template.command(),
                    false,
                    template.environment(),
                    template.files(),
                    template.directory());
            assertRefused(agent.order(custom, TestingAgent.command("true")), "root");
        }
    }

    private Order database() {
        var settings = new TargetSettings.Database(
                DatabaseProtocol.POSTGRES,
                "127.0.0.1",
                1,
                "app",
                Optional.empty(),
                Optional.empty(),
                List.of(),
                DatabaseTls.DISABLE,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                true,
                List.of(),
                Optional.empty());
        return agent.order(agent.definition(settings), new SessionRequest.Forward("db", 5432));
    }

    private SignedPolicy policy(TenantId tenant, long version, TenantKey.Signer signer) {
        return SignedPolicy.sign(new PolicyDocument(tenant, version, List.of(), List.of()), signer);
    }

    private void assertOpened(Order order) throws Exception {
        var session = agent.start(order);
        session.link().await(Message.Opened.class);
        session.link().lose(dev.sallyport.core.link.LinkLost.Why.ENDED_THERE);
        session.thread().join();
    }

    @Test
    void aDatabaseIsNotOpenedWithoutThePolicy() throws Exception {
        assertRefused(database().under(Optional.empty(), Set.of()), "without the tenant's policy");
        assertOpened(database());
    }

    @Test
    void aPolicyThatAnotherKeySignedOrThatWasChangedIsRefused() throws Exception {
        var forged = policy(agent.tenant, 9, TestingAgent.signer());
        assertRefused(database().under(Optional.of(forged), Set.of()), "the policy is not signed by the tenant's key");
        var signed = policy(agent.tenant, 9, agent.signer);
        for (int i = 0; i < signed.bytes().length; i += 11) {
            var changed = signed.bytes().clone();
            changed[i] ^= 1;
            assertRefused(
                    database().under(Optional.of(new SignedPolicy(changed, signed.signature())), Set.of()),
                    "the policy is not signed by the tenant's key");
        }
        var asDefinition =
                new SignedPolicy(signed.bytes(), agent.signer.sign("connection-definition v1", signed.bytes()));
        assertRefused(database().under(Optional.of(asDefinition), Set.of()), "not signed by the tenant's key");
    }

    @Test
    void anotherTenantsPolicyIsRefused() throws Exception {
        var others = policy(TenantId.next(agent.clock), 1, agent.signer);
        assertRefused(database().under(Optional.of(others), Set.of()), "another tenant's");
    }

    @Test
    void anOlderPolicyIsRefusedAlsoByANewProcess() throws Exception {
        assertOpened(database().under(Optional.of(policy(agent.tenant, 7, agent.signer)), Set.of()));
        assertRefused(
                database().under(Optional.of(policy(agent.tenant, 6, agent.signer)), Set.of()),
                "a later version of the tenant's policy");
        assertOpened(database().under(Optional.of(policy(agent.tenant, 7, agent.signer)), Set.of()));
        assertThat(new SeenVersions(state).admitsPolicy(6)).isFalse();
        assertThat(new SeenVersions(state).admitsPolicy(7)).isTrue();
    }

    @Test
    void aPolicyThatSaysMoreThanTheAgentCanReadIsRefusedWithWhatToDo() throws Exception {
        var bytes = new String(policy(agent.tenant, 1, agent.signer).bytes(), StandardCharsets.UTF_8)
                .replace("\nend\n", "\nlater thing\nend\n")
                .getBytes(StandardCharsets.UTF_8);
        var newer = new SignedPolicy(bytes, agent.signer.sign("policy v1", bytes));
        assertRefused(database().under(Optional.of(newer), Set.of()), "upgrade the agent");
    }
}
