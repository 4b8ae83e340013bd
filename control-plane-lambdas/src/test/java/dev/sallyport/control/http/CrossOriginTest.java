package dev.sallyport.control.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.control.Bed;
import dev.sallyport.control.Bed.Reply;
import dev.sallyport.control.Origins;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class CrossOriginTest {

    private static final String CONSOLE = "https://console.example.com";

    /// What a browser may send that is not the console, or not quite.
    private static final List<String> OTHERS = List.of(
            "https://evil.example.com",
            "https://console.example.com.evil.example",
            "https://evil.example/https://console.example.com",
            "http://console.example.com",
            "https://console.example.com:8443",
            "https://CONSOLE.example.com",
            "https://console.example.com/",
            "https://console.example.com,https://evil.example.com",
            "https://console.example.com https://evil.example.com",
            " https://console.example.com",
            "null",
            "*",
            "");

    private final Bed bed = new Bed();
    private final String key = bed.tenant("acme").adminKey().secret();

    @Test
    void withoutNamedOriginsNoAnswerHasAHeaderForThem() {
        for (var reply : List.of(
                asked("GET", "/v1/me", key, CONSOLE),
                asked("GET", "/v1/me", "", CONSOLE),
                before(CONSOLE, "/v1/me"),
                asked("OPTIONS", "/v1/me", key, CONSOLE))) {
            assertThat(forOrigins(reply)).isEmpty();
        }
        assertThat(before(CONSOLE, "/v1/me").status()).isEqualTo(401);
    }

    @Test
    void aPageOfANamedOriginReadsAnswersAndProblems() {
        bed.read(CONSOLE, "http://127.0.0.1:5173");

        for (var reply : List.of(
                asked("GET", "/v1/me", key, CONSOLE),
                asked("HEAD", "/v1/me", key, CONSOLE),
                asked("GET", "/v1/me", "", CONSOLE),
                asked("GET", "/v1/nowhere", key, CONSOLE),
                asked("POST", "/v1/groups", key, CONSOLE),
                asked("OPTIONS", "/v1/me", key, CONSOLE))) {
            assertThat(reply.headers())
                    .containsEntry("Access-Control-Allow-Origin", CONSOLE)
                    .containsEntry("Access-Control-Expose-Headers", "ETag, Retry-After, Idempotent-Replayed, Allow")
                    .containsEntry("Vary", "Origin")
                    .doesNotContainKey("Access-Control-Allow-Credentials");
        }
    }

    @Test
    void theQuestionBeforehandIsAnsweredTheSameForEveryPathAndNeedsNoKey() {
        bed.read(CONSOLE);

        var reply = before(CONSOLE, "/v1/connections");
        assertThat(reply.status()).isEqualTo(204);
        assertThat(reply.headers())
                .containsEntry("Access-Control-Allow-Origin", CONSOLE)
                .containsEntry("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, DELETE")
                .containsEntry(
                        "Access-Control-Allow-Headers",
                        "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match")
                .containsEntry("Vary", "Origin")
                .doesNotContainKey("Access-Control-Allow-Credentials");
        assertThat(before(CONSOLE, "/v1/nowhere").headers()).isEqualTo(reply.headers());
    }

    @Test
    void aPageOfAnyOtherOriginReadsNothing() {
        bed.read(CONSOLE);

        for (var other : OTHERS) {
            for (var reply : List.of(
                    asked("GET", "/v1/me", key, other),
                    asked("GET", "/v1/me", "", other),
                    asked("OPTIONS", "/v1/me", key, other),
                    before(other, "/v1/me"))) {
                assertThat(forOrigins(reply)).as(other).containsExactly("Vary");
                assertThat(reply.headers().values()).as(other).noneMatch(value -> value.contains("evil"));
            }
            assertThat(before(other, "/v1/me").status()).as(other).isEqualTo(401);
        }
        assertThat(forOrigins(bed.get(key, "/v1/me"))).containsExactly("Vary");
    }

    @Test
    void onlyWhatBrowsersSendAsAnOriginIsTakenForOne() {
        assertThat(Origins.parse("https://a.example, http://127.0.0.1:5173,http://[::1]:8080"))
                .containsExactlyInAnyOrder("https://a.example", "http://127.0.0.1:5173", "http://[::1]:8080");

        for (var wrong : List.of(
                "",
                "*",
                "null",
                "https://*.example.com",
                "https://a.example/",
                "https://a.example/path",
                "https://a.example:443",
                "http://a.example:80",
                "https://A.example",
                "ftp://a.example",
                "a.example",
                "https://user@a.example",
                "https://a.example,",
                "https://a.example\r\nX: 1")) {
            assertThatThrownBy(() -> Origins.parse(wrong)).as(wrong).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private Reply asked(String method, String path, String with, String origin) {
        return bed.call(method, path, with, null, Map.of("Origin", origin));
    }

    private Reply before(String origin, String path) {
        return bed.call(
                "OPTIONS",
                path,
                "",
                null,
                Map.of(
                        "Origin",
                        origin,
                        "Access-Control-Request-Method",
                        "PUT",
                        "Access-Control-Request-Headers",
                        "x-evil"));
    }

    private static List<String> forOrigins(Reply reply) {
        return reply.headers().keySet().stream()
                .filter(name -> name.startsWith("Access-Control-") || name.equals("Vary"))
                .toList();
    }
}
