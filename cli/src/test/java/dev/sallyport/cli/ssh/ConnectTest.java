package dev.sallyport.cli.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Connections;
import dev.sallyport.cli.TestingApi;
import dev.sallyport.cli.TestingSally;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectTest {

    private static final String HOST_CA = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0examplekeyexamplekeyexample";

    @TempDir
    private Path folder;

    private TestingApi api;
    private TestingSally sally;

    @BeforeEach
    void start() throws IOException {
        api = new TestingApi();
        var one = TestingApi.connection("bash");
        api.on("GET /v1/connections", new Connections.Page(List.of(one), null));
        Files.writeString(folder.resolve("ssh_config"), """
                Host alice+bash
                    User alice+bash

                Host alice alice+*
                    User alice
                    IdentityFile "%1$s/keys/alice"
                    CertificateFile "%1$s/keys/alice-cert.pub"

                Host *
                    HostName 127.0.0.1
                """.formatted(folder));
        sally = new TestingSally(folder).configure("""
                {"url": "%s", "key": "sally_x", "ssh_config": "%s/ssh_config", "ssh_host": "127.0.0.1",
                 "ssh_port": 12222, "host_ca": "%s"}""".formatted(api.url(), folder, HOST_CA));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void sshIsRunWithTheConfigurationThatIsThereAndTheFirstLoginOfIt() {
        assertThat(sally.run("connect", "--dry-run", "bash").out())
                .isEqualTo("ssh -F " + folder + "/ssh_config -l alice+bash -- alice\n");
    }

    @Test
    void aCommandIsPassedOnAsItIs() {
        assertThat(sally.run("connect", "--dry-run", "--as", "bob", "-t", "bash", "--", "-v", "echo it's")
                        .out())
                .isEqualTo("ssh -F " + folder + "/ssh_config -t -l bob+bash -- bob -v 'echo it'\\''s'\n");
    }

    @Test
    void withoutSshConfigTheDoorOfTheConfigurationIsUsedAndItsHostCaTrusted() throws IOException {
        sally.configure("""
                {"url": "%s", "key": "sally_x", "ssh_host": "edge.example.com", "ssh_port": 2222, "host_ca": "%s",
                 "login": "carol"}""".formatted(api.url(), HOST_CA));
        assertThat(sally.run("connect", "--dry-run", "bash").out())
                .contains(
                        "ssh -p 2222 -c aes128-gcm@openssh.com,",
                        "StrictHostKeyChecking=yes",
                        "-l carol+bash -- edge.example.com");
        assertThat(Files.readString(folder.resolve(".sallyport/sally_known_hosts")))
                .isEqualTo("@cert-authority [edge.example.com]:2222 " + HOST_CA + "\n");
    }

    @Test
    void namesThatWouldBeOptionsOrMoreAreRefused() {
        for (var name : List.of("-oProxyCommand=x", "a b", "a;b", "$(id)", "../x")) {
            assertThat(sally.run("connect", "--dry-run", "--", name).code())
                    .as(name)
                    .isEqualTo(2);
            assertThat(sally.run("exec", "--dry-run", "--", name, "id").code())
                    .as(name)
                    .isEqualTo(2);
            assertThat(sally.run("connect", "--dry-run", "--as=" + name, "bash").code())
                    .as(name)
                    .isEqualTo(2);
        }
    }

    @Test
    void theExitStatusOfSshIsPassedOn() throws IOException {
        var bin = Files.createDirectories(folder.resolve("bin"));
        var fake = Files.writeString(bin.resolve("ssh"), "#!/bin/sh\nexit 37\n");
        Files.setPosixFilePermissions(fake, PosixFilePermissions.fromString("rwx------"));
        assertThat(sally.variable("PATH", bin.toString()).run("connect", "bash").code())
                .isEqualTo(37);
    }

    @Test
    void theConfigurationForSshHasAHostForEachLoginAndConnection() {
        var ran = sally.run("ssh-config");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("""
                Host alice+bash
                    User alice+bash
                    HostName 127.0.0.1
                    Port 12222
                    Ciphers aes128-gcm@openssh.com,aes256-gcm@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr
                    StrictHostKeyChecking yes
                    UserKnownHostsFile /dev/null
                    KnownHostsCommand /bin/echo @cert-authority [127.0.0.1]:12222 %1$s
                    IdentityFile "%2$s/keys/alice"
                    IdentitiesOnly yes
                    CertificateFile "%2$s/keys/alice-cert.pub"
                """.formatted(HOST_CA, folder));
        assertThat(sally.run("ssh-config", "--known-hosts").out())
                .isEqualTo("@cert-authority [127.0.0.1]:12222 " + HOST_CA + "\n");
    }

    @Test
    void aHostCaThatIsMoreThanAKeyIsRefused() throws IOException {
        sally.configure("""
                {"url": "%s", "key": "sally_x", "ssh_host": "h", "host_ca": "%s\\nProxyCommand evil", "login": "a"}""".formatted(api.url(), HOST_CA));
        var ran = sally.run("ssh-config");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.out()).isEmpty();
    }
}
