package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.api.Connections.ConnectionWrite;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ApiJsonTest {

    @Test
    void fieldsAreWrittenWithUnderscoresAndLeftOutWithoutAValue() {
        var json = text(ApiJson.write(new Connections.Ssh("h", 22, "u", null, null, List.of(), null, null)));

        assertThat(json).isEqualTo("{\"host\":\"h\",\"port\":22,\"user\":\"u\",\"host_keys\":[]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "{\"nam\":\"x\"}",
                "{\"name\":5}",
                "{\"tcp\":{\"port\":\"x\"}}",
                "{\"tcp\":{\"port\":1.5}}",
                "{\"tcp\":{\"port\":18446744073709551638}}",
                "{\"tags\":[]}",
                "{\"strict\":\"yes\"}",
                "{\"custom\":[]}"
            })
    void aRequestThatIsNotOfTheFormIsNotRead(String json) {
        assertThatThrownBy(() -> ApiJson.readStrictly(ConnectionWrite.class, bytes(json)))
                .isInstanceOf(ApiJson.NotReadable.class);
    }

    @Test
    void bytesThatAreNoUtf8AndControlCharactersWithinATextAreNotRead() throws Exception {
        var json = bytes("{\"name\":\"a?b\\\"\",\n\t\"type\":\"tcp\"}");
        assertThat(ApiJson.readStrictly(ConnectionWrite.class, json).name()).isEqualTo("a?b\"");

        for (int wrong : new int[] {0x00, 0x0a, 0x1b, 0x1f, 0xc3, 0xe6, 0xff}) {
            var broken = json.clone();
            broken[10] = (byte) wrong;
            assertThatThrownBy(() -> ApiJson.readStrictly(ConnectionWrite.class, broken))
                    .isInstanceOf(ApiJson.NotReadable.class);
        }
    }

    @Test
    void aFieldMayBeNullOrMissing() throws Exception {
        var write = ApiJson.readStrictly(ConnectionWrite.class, bytes("{\"idle_seconds\":null,\"custom\":null}"));

        assertThat(write.idleSeconds()).isNull();
        assertThat(write.longestSeconds()).isNull();
    }

    @Test
    void aClientIgnoresWhatANewerServerSays() throws Exception {
        var chunk = ApiJson.readLeniently(
                Sessions.Chunk.class, bytes("{\"number\":1,\"news\":{\"a\":[1,2]},\"url\":\"/x\"}"));

        assertThat(chunk).isEqualTo(new Sessions.Chunk(1, "/x"));
    }

    @Test
    void aRequestCutAnywhereIsNotRead() {
        var json = bytes("{\"name\":\"a\\u00e9\",\"tags\":{\"env\":\"prod\"},\"tcp\":{\"host\":\"h\",\"port\":22}}");
        for (int i = 0; i < json.length; i++) {
            var cut = Arrays.copyOf(json, i);
            assertThatThrownBy(() -> ApiJson.readStrictly(ConnectionWrite.class, cut))
                    .isInstanceOf(ApiJson.NotReadable.class);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
