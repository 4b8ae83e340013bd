package dev.sallyport.core.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.session.Pty;
import dev.sallyport.core.session.SessionRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RecordingLevelTest {

    private static final TargetSettings SSH = new TargetSettings.Ssh(
            "host",
            22,
            "demo",
            Optional.empty(),
            Optional.empty(),
            List.of("ssh-ed25519 AAAA"),
            Optional.empty(),
            List.of());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "scp -t .",
                "scp -r -p -t /tmp/x",
                "scp -f file.txt",
                "scp -v -f -- a b",
                "rsync --server -vlogDtpre.iLsfxCIvu . /tmp/x/",
                "rsync --server --sender -logDtpre.iLsfxCIvu --delete . a b",
                "git-upload-pack '/srv/x.git'",
                "git-receive-pack 'x.git'",
                "git upload-pack x.git",
            })
    void fileTransfersAreMetadata(String command) {
        assertThat(level(exec(command))).isEqualTo(RecordingLevel.METADATA);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bash",
                "",
                "scp",
                "scp -S /tmp/evil a host:",
                "scp -t .; bash",
                "scp -t $(bash)",
                "scp -t . | bash",
                "scp -t .\nbash",
                "scp -t -S/bin/sh .",
                "scp -oProxyCommand=sh -t .",
                "rsync --server . `bash`",
                "rsync --server --rsh=bash . x",
                "rsync --daemon --server . x",
                "git-upload-pack --help",
                "git-upload-pack 'x' && bash",
                "git-upload-pack 'x' bash",
                "git -c core.pager=sh upload-pack x",
            })
    void whatMightBeMoreThanATransferIsRecordedInFull(String command) {
        assertThat(level(exec(command))).isEqualTo(RecordingLevel.FULL);
    }

    @Test
    void terminalsAreRecordedInFull() {
        var pty = Optional.of(new Pty("xterm", 80, 24, 0, 0, new byte[0]));
        assertThat(level(new SessionRequest.Shell(pty))).isEqualTo(RecordingLevel.FULL);
        assertThat(level(new SessionRequest.Exec("scp -t .".getBytes(StandardCharsets.UTF_8), pty)))
                .isEqualTo(RecordingLevel.FULL);
        assertThat(level(new SessionRequest.Subsystem("sftp"))).isEqualTo(RecordingLevel.METADATA);
        assertThat(level(new SessionRequest.Subsystem("netconf"))).isEqualTo(RecordingLevel.FULL);
        assertThat(level(new SessionRequest.Forward("db", 5432))).isEqualTo(RecordingLevel.METADATA);
    }

    @Test
    void theConnectionsOwnLevelWins() {
        assertThat(RecordingLevel.of(connection(SSH, Optional.of(RecordingLevel.FULL)), exec("scp -t .")))
                .isEqualTo(RecordingLevel.FULL);
        assertThat(RecordingLevel.of(
                        connection(new TargetSettings.Tcp("db", 5432), Optional.empty()),
                        new SessionRequest.Forward("x", 1)))
                .isEqualTo(RecordingLevel.METADATA);
    }

    private static SessionRequest exec(String command) {
        return new SessionRequest.Exec(command.getBytes(StandardCharsets.UTF_8), Optional.empty());
    }

    private static RecordingLevel level(SessionRequest request) {
        return RecordingLevel.of(connection(SSH, Optional.empty()), request);
    }

    private static ConnectionDefinition connection(TargetSettings target, Optional<RecordingLevel> level) {
        return new ConnectionDefinition(
                new TenantId("ten_01hf0000000000000000000000"),
                new ConnectionId("con_01hf0000000000000000000000"),
                new ConnectionName("host"),
                1,
                new AgentId("agt_01hf0000000000000000000000"),
                target,
                true,
                level,
                false,
                ConnectionDefinition.DEFAULT_IDLE,
                ConnectionDefinition.DEFAULT_LONGEST,
                new TreeMap<>(),
                Set.of());
    }
}
