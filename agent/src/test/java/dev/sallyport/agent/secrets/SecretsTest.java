package dev.sallyport.agent.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.secret.Sealing;
import dev.sallyport.core.secret.Secret;
import dev.sallyport.core.secret.SecretReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SecretsTest {

    @TempDir
    Path folder;

    private Path allowed;
    private SealingKey key;
    private Secrets secrets;

    @BeforeEach
    void start() throws Exception {
        allowed = Files.createDirectory(folder.resolve("allowed"));
        key = SealingKey.open(folder);
        secrets = new Secrets(
                Map.of("PASSWORD", "one", "SALLYPORT_KEY", "never"), List.of(allowed), Optional.of(key::open));
    }

    private String resolve(String reference) throws Secrets.Unresolved, InterruptedException {
        return secrets.resolve(SecretReference.parse(reference)).revealText();
    }

    private void assertUnresolved(String reference, String why) {
        assertThatThrownBy(() -> resolve(reference))
                .isInstanceOf(Secrets.Unresolved.class)
                .hasMessageContaining(why);
    }

    @Test
    void everySchemeHasItsPlace() throws Exception {
        Files.writeString(allowed.resolve("password"), "two\n");
        Files.writeString(allowed.resolve("key"), "line\nline\n");
        assertThat(resolve("text:plain")).isEqualTo("plain");
        assertThat(resolve("env:PASSWORD")).isEqualTo("one");
        assertThat(resolve("file:" + allowed.resolve("password"))).isEqualTo("two");
        assertThat(resolve("file:" + allowed.resolve("key"))).isEqualTo("line\nline\n");
        var sealed = Sealing.seal(Secret.of("three"), Sealing.parse(key.text()));
        assertThat(resolve("sealed:" + sealed)).isEqualTo("three");
    }

    @Test
    void otherFoldersTakeThePlaceOfTheFormer() throws Exception {
        Files.writeString(allowed.resolve("password"), "two\n");
        var other = Files.createDirectory(folder.resolve("other"));
        Files.writeString(other.resolve("password"), "three\n");
        secrets.folders(List.of(other));
        assertThat(resolve("file:" + other.resolve("password"))).isEqualTo("three");
        assertUnresolved("file:" + allowed.resolve("password"), "outside the folders");
    }

    @Test
    void theSealingKeyOutlivesTheProcess() throws Exception {
        var sealed = key.seal(Secret.of("kept"));
        assertThat(SealingKey.open(folder).open(sealed).orElseThrow().revealText())
                .isEqualTo("kept");
        Files.writeString(folder.resolve("sealing-key"), "damaged\n");
        assertThatThrownBy(() -> SealingKey.open(folder)).isInstanceOf(java.io.IOException.class);
    }

    @Test
    void whatIsNotAllowedIsRefusedWithASentence() throws Exception {
        Files.writeString(folder.resolve("outside"), "x");
        Files.createSymbolicLink(allowed.resolve("link"), folder.resolve("outside"));
        assertUnresolved("file:" + folder.resolve("outside"), "outside the folders");
        assertUnresolved("file:" + allowed.resolve("link"), "outside the folders");
        assertUnresolved("file:" + allowed + "/../outside", "outside the folders");
        assertUnresolved("file:" + allowed.resolve("none"), "cannot be read");
        assertUnresolved("file:" + allowed, "no file");
        assertUnresolved("env:NOT_SET", "is not set");
        assertUnresolved("env:SALLYPORT_KEY", "is not set");
        assertUnresolved("vault:secret/x", "does not know");
        assertUnresolved("sealed:AAAA", "has to be entered again");
        var toOther = Sealing.seal(Secret.of("x"), Sealing.newKey().getPublic());
        assertUnresolved("sealed:" + toOther, "has to be entered again");
    }
}
