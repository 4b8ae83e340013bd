package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.Laptop;
import dev.sallyport.tests.bed.LastSession;
import dev.sallyport.tests.bed.Run;
import dev.sallyport.tests.bed.Shared;
import dev.sallyport.tests.bed.Sshd;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// `ProxyJump`: through a standard OpenSSH sshd in front of us, and what becomes of it through us.
@EndToEnd
class JumpHostTest {

    private final Instance instance = Shared.instance();
    private Laptop laptop = new Laptop(instance, instance.folder());
    private final List<Sshd> started = new ArrayList<>();

    @BeforeEach
    void laptop() throws Exception {
        laptop = Laptop.of(instance);
    }

    @AfterEach
    void stop() {
        started.forEach(Sshd::close);
    }

    /// The bastion of the documents: it trusts the same CA, and lets nobody through to anywhere else.
    private Sshd bastion(String permitOpen) throws Exception {
        var me = System.getProperty("user.name");
        var folder = Files.createTempDirectory("sallyport-bastion");
        var principals = Files.writeString(folder.resolve("principals"), "alice\n");
        var sshd = Sshd.start(
                "AllowTcpForwarding yes",
                "PermitOpen " + permitOpen,
                "TrustedUserCAKeys " + instance.folder().resolve("keys/user-ca.pub"),
                "AuthorizedPrincipalsFile " + principals);
        started.add(sshd);
        var hostKey = Files.readString(sshd.folder().resolve("host.pub"));
        Files.writeString(
                laptop.folder().resolve("known_hosts"),
                "[127.0.0.1]:" + sshd.port() + " " + hostKey,
                java.nio.file.StandardOpenOption.APPEND);
        Files.writeString(
                laptop.folder().resolve("ssh_config"),
                """
                Host bastion
                    HostName 127.0.0.1
                    Port %d
                    User %s
                Host sally-alice
                    HostName 127.0.0.1
                    Port %s
                    User alice
                    ProxyJump bastion
                Host bastion sally-alice
                    IdentityFile %s/certs/alice
                """.formatted(sshd.port(), me, laptop.port(), laptop.folder())
                        + Files.readString(laptop.folder().resolve("ssh_config")));
        return sshd;
    }

    @Test
    void throughABastionEverythingWorksAsWithoutOne() throws Exception {
        bastion("127.0.0.1:" + laptop.port());
        var command = laptop.ssh("sally-alice", "bash", "echo out; exit 8").now();
        assertThat(command.status()).as("%s", command).isEqualTo(8);
        assertThat(command.out()).isEqualTo("out\n");
        assertThat(LastSession.sealed(instance, "alice@example.com").output()).isEqualTo(command.outBytes());
        var terminal =
                laptop.ssh("-tt", "sally-alice", "bash").input("tty; exit 4\n").now();
        assertThat(terminal.status()).as("%s", terminal).isEqualTo(4);
        assertThat(terminal.out()).contains("/dev/pts/");
        var named = laptop.ssh(
                        "-J", "bastion", "-i", "certs/alice", "-p", laptop.port(), "alice@edge", "bash", "id -un")
                .now();
        assertThat(named.status()).as("%s", named).isZero();
        var file = Files.writeString(laptop.folder().resolve("file"), "content");
        var copied = Run.of(laptop.words("scp", "-q", file.toString(), "alice+demo-host@sally-alice:jumped"))
                .now();
        assertThat(copied.status()).as("%s", copied).isZero();
        assertThat(instance.ssh("alice+demo-host", "cat jumped && rm jumped")
                        .now()
                        .out())
                .isEqualTo("content");
    }

    @Test
    void aBastionThatPermitsAnotherPlaceOnlyLetsNobodyThrough() throws Exception {
        bastion("127.0.0.1:1");
        var ran = laptop.ssh("sally-alice", "bash", "echo in").now();
        assertThat(ran.status()).as("%s", ran).isEqualTo(255);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains("administratively prohibited");
    }

    @Test
    void aBastionsOwnLoginIsNoneOfOurs() throws Exception {
        var sshd = bastion("127.0.0.1:" + laptop.port());
        var ran = laptop.ssh(
                        "-J",
                        "bastion",
                        "-i",
                        sshd.folder().resolve("client").toString(),
                        "-p",
                        laptop.port(),
                        "alice@edge",
                        "bash",
                        "echo in")
                .now();
        assertThat(ran.status()).as("%s", ran).isEqualTo(255);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains("Permission denied (publickey)");
    }

    @Test
    void whoTakesUsForABastionIsToldWhatToSay() throws Exception {
        var jump = "alice@edge:" + laptop.port();
        Files.writeString(
                laptop.folder().resolve("ssh_config"),
                "IdentityFile " + laptop.folder() + "/certs/alice\n"
                        + Files.readString(laptop.folder().resolve("ssh_config")));
        var ran = laptop.ssh("-J", jump, "demo-host", "true").now();
        assertThat(ran.status()).as("%s", ran).isEqualTo(255);
        assertThat(ran.err()).contains("sally: say ssh alice+demo-host@");
        var absent = laptop.ssh("-J", jump, "nosuch", "true").now();
        assertThat(absent.status()).as("%s", absent).isEqualTo(255);
        assertThat(absent.err()).contains("sally: ").doesNotContain("alice+nosuch");
        var said = laptop.ssh("-p", laptop.port(), "alice+demo-host@edge", "echo there")
                .now();
        assertThat(said.out()).as("%s", said).isEqualTo("there\n");
    }
}
