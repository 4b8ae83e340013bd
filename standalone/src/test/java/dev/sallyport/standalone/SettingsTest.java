package dev.sallyport.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.edge.EdgeLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SettingsTest {

    @TempDir
    private Path folder;

    @Test
    void aFirstStartWritesAFileThatSaysTheDefaults() throws CannotStart {
        var settings = Settings.read(folder.resolve("config.toml"), false, true);
        assertThat(settings.sshPort()).isEqualTo(12_222);
        assertThat(settings.limits()).isEqualTo(EdgeLimits.DEFAULTS);
        assertThat(folder.resolve("config.toml")).isNotEmptyFile();
    }

    @Test
    void limitsAreSetByName() throws Exception {
        var settings = read("[limits]\nhandshake = \"5s\"\nunauthenticated = 7\nwindow = \"2MiB\"\n");
        assertThat(settings.limits().door().handshake()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.limits().door().unauthenticated()).isEqualTo(7);
        assertThat(settings.limits().door().window()).isEqualTo(2 << 20);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[limits]\nhandshakes = \"5s\"",
                "[limits]\nhandshake = 5",
                "[limits]\nhandshake = \"0s\"",
                "[limits]\nunauthenticated = \"many\"",
                "[limits]\nwindow = \"1B\"",
                "limits = 5",
                "[ssh]\nport = 70000",
                "[ssh]\nnames = \"one\"",
                "[ssh]\nproxies = [\"nowhere\"]",
                "[ssh]\nproxies = [\"10.0.0.0/33\"]",
                "[ssh]\nproxies = \"10.0.0.0/8\"",
                "[ssh]\nchacha20 = \"yes\"",
                "[ssh]\nnames = [\"a b\"]",
                "[ssh]\nnames = [5]",
                "[api]\naddress = \"0.0.0.0\"",
                "not toml"
            })
    void whatIsWrongKeepsItFromStartingAndIsNamed(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(CannotStart.class).hasMessageContaining("config.toml");
    }

    @Test
    void namesOfTheMachineAreItsAddressWhenItListensEverywhere() throws Exception {
        var settings = read("[ssh]\naddress = \"0.0.0.0\"\nnames = [\"edge.example.com\"]\n");
        assertThat(settings.sshNames()).containsExactly("edge.example.com");
        assertThat(settings.reachedAt(settings.sshAddress())).isEqualTo("edge.example.com");
        assertThat(settings.reachedAt("192.0.2.7")).isEqualTo("192.0.2.7");
        assertThat(read("[ssh]\naddress = \"0.0.0.0\"\n").reachedAt("0.0.0.0")).isEqualTo("127.0.0.1");
    }

    @Test
    void loadBalancersAndTheSlowCipherAreForTheOperatorToSay() throws Exception {
        assertThat(read("").sshProxies().contains("127.0.0.1")).isFalse();
        assertThat(read("").sshChacha20()).isFalse();
        var settings = read("[ssh]\nproxies = [\"10.0.0.0/8\", \"2001:db8::/32\"]\nchacha20 = true\n");
        assertThat(settings.sshProxies().contains("10.1.2.3")).isTrue();
        assertThat(settings.sshProxies().contains("2001:db8::1")).isTrue();
        assertThat(settings.sshProxies().contains("127.0.0.1")).isFalse();
        assertThat(settings.sshChacha20()).isTrue();
    }

    private Settings read(String text) throws CannotStart, IOException {
        return Settings.read(Files.writeString(folder.resolve("config.toml"), text), false, true);
    }
}
