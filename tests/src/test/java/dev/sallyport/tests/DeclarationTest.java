package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.Laptop;
import dev.sallyport.tests.bed.OnItsOwn;
import dev.sallyport.tests.bed.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/// `sally apply` against an API and an agent that run: what the API makes of a file is what the file says.
@EndToEnd
@TestInstance(Lifecycle.PER_CLASS)
class DeclarationTest implements OnItsOwn {

    private static final String DECLARED = """
            agents:
              - name: elsewhere
            groups:
              - name: declared
            users:
              - email: alice@example.com
                groups: [engineers, declared]
            connections:
              - name: declared-shell
                agent: local
                type: custom
                custom:
                  entrypoint: [/bin/bash]
                  run_as: ACCOUNT
                  environment:
                    PLAIN: "text:plain"
                    SEALED: "seal:the sealed value"
                tags: {made: "by a file"}
              - name: declared-host
                agent: elsewhere
                type: ssh
                ssh: {host: 10.0.0.5, user: deploy, private_key: env:KEY, known_hosts: /etc/known}
                recording: best-effort
                accept_environment: [LC_ALL, LANG]
              - {name: declared-port, agent: elsewhere, type: tcp, tcp: {host: 10.0.0.5, port: 5432}, strict: true}
            rules:
              - {name: declared people, groups: [declared], connections: ['declared-*']}
            """;

    private List<Instance> started = List.of();

    @TempDir
    private Path folder = Path.of("");

    @BeforeAll
    void start() throws Exception {
        started = List.of(Instance.start());
    }

    @AfterAll
    void stop() {
        started.forEach(Instance::close);
    }

    @Override
    public Instance instance() {
        return started.getFirst();
    }

    private Ran apply(String yaml, String... options) throws Exception {
        var file = Files.writeString(folder.resolve("declared.yaml"), yaml);
        var words = new ArrayList<>(List.of("apply", "-f", file.toString()));
        words.addAll(List.of(options));
        return instance().sally(words.toArray(new String[0])).now();
    }

    @Test
    void whatIsDeclaredWorksAndAppliedTwiceChangesNothing() throws Exception {
        var account = Objects.requireNonNullElse(Laptop.demoAccount(), "~");
        var yaml = DECLARED.replace("ACCOUNT", account);
        var made = apply(yaml, "--yes");
        assertThat(made.status()).as("%s", made).isZero();
        assertThat(made.out())
                .contains("run on its machine as root, once, until ", "6 to create, 1 to change, 0 to delete.")
                .doesNotContain("the sealed value");
        var again = apply(yaml, "--check");
        assertThat(again.status())
                .as("what the API shows is what was declared: %s", again)
                .isZero();
        assertThat(instance()
                        .ssh("alice", "declared-shell", "echo $PLAIN, $SEALED")
                        .now()
                        .out())
                .isEqualTo("plain, the sealed value\n");

        var denied = yaml.replace("declared people,", "declared people, effect: deny,");
        assertThat(apply(denied, "--check").status()).isEqualTo(2);
        assertThat(apply(denied, "--yes").out()).contains("    effect: allow → deny\n", "changed rule declared people");
        assertThat(instance().ssh("alice", "declared-shell", "true").now().status())
                .isEqualTo(253);
        assertThat(instance().sally("admin", "audit").now().out()).contains("declared people");
    }
}
