package dev.sallyport.tests.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.agent.link.TailSource;
import dev.sallyport.core.agent.AgentKey;
import dev.sallyport.core.agent.AgentToken;
import dev.sallyport.core.link.Message;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// While an agent's key is rotated, two are valid: nobody is detached, and no session ends, until the old one
/// is none any more.
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class KeyRotationTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @Test
    void theOldKeysSessionsGoOnBesideTheNewKeysUntilItEnds() throws Exception {
        try (var rig = new LinkRig(folder)) {
            var old = rig.token();
            var before = rig.agent(old, rig.edge.port(), LinkRig::echo);
            rig.awaitIdle(old.agent());
            try (var session = rig.start(old.agent())) {
                assertThat(session.receive().message()).isEqualTo(new Message.Opened());

                var fresh = AgentToken.issue(LinkRig.SIGNER, rig.tenant, old.agent(), "demo");
                rig.directory.know(fresh);
                var after = rig.agent(
                        new AgentKey("localhost", rig.edge.port(), fresh, rig.identity.pin()),
                        LinkRig::echo,
                        TailSource.none(),
                        System::nanoTime);
                await().atMost(PATIENCE).until(() -> rig.edge.attached() == 2);
                assertThat(before.attached()).isTrue();
                session.send(new Message.Data(Message.Stream.INPUT, 0, "still".getBytes(StandardCharsets.US_ASCII)));
                assertThat(session.receive().message()).isInstanceOf(Message.Data.class);

                rig.directory.revoke(old);
                rig.edge.recheck(old.agent());
                await().atMost(PATIENCE).until(() -> rig.edge.attached() == 1 && !before.attached());
                assertThat(after.attached()).isTrue();
                rig.awaitIdle(old.agent());
                try (var next = rig.start(old.agent())) {
                    assertThat(next.receive().message()).isEqualTo(new Message.Opened());
                }
            }
        }
    }
}
