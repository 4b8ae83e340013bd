package dev.sallyport.control.http;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import dev.sallyport.api.ApiJson;
import dev.sallyport.api.Problem;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/// One answer.
///
/// @param mediaType empty where there is no body
public record Answer(int status, String mediaType, byte[] body, Map<String, String> headers) {

    // Answers hold what no cache may keep and no browser may take for a page.
    private static final Map<String, String> ALWAYS = Map.of(
            "Cache-Control",
            "no-store",
            "X-Content-Type-Options",
            "nosniff",
            "Content-Security-Policy",
            "default-src 'none'; frame-ancestors 'none'");

    public static Answer ok(Object value) {
        return json(200, value);
    }

    public static Answer created(Object value) {
        return json(201, value);
    }

    /// It will be done.
    public static Answer accepted(Object value) {
        return json(202, value);
    }

    public static Answer nothing() {
        return new Answer(204, "", new byte[0], Map.of());
    }

    public static Answer bytes(byte[] bytes) {
        return new Answer(200, "application/octet-stream", bytes, Map.of());
    }

    /// What the sender has is what there is.
    private static Answer notModified(String tag) {
        return new Answer(304, "", new byte[0], Map.of("ETag", tag));
    }

    /// The answer with the tag of what it shows, or only the tag when `request` says that it has that already.
    Answer tagged(Request request) {
        if (status != 200 || body.length == 0) {
            return this;
        }
        var tag = EntityTag.of(body);
        boolean known = request.method().equals("GET")
                && request.header("if-none-match")
                        .filter(header -> EntityTag.named(header, tag))
                        .isPresent();
        return known ? notModified(tag) : with("ETag", tag);
    }

    /// The answer to `HEAD`.
    Answer withoutBody() {
        return new Answer(status, mediaType, new byte[0], headers)
                .with("Content-Length", Integer.toString(body.length));
    }

    public static Answer problem(Problem problem) {
        var headers = problem.is(Problem.Type.UNAUTHENTICATED)
                ? Map.of("WWW-Authenticate", "Bearer realm=\"sallyport\"")
                : Map.<String, String>of();
        return new Answer(problem.status(), Problem.MEDIA_TYPE, ApiJson.write(problem), headers);
    }

    private static Answer json(int status, Object value) {
        return new Answer(status, "application/json", ApiJson.write(value), Map.of());
    }

    /// The answer with one more header.
    public Answer with(String name, String value) {
        var more = new HashMap<>(headers);
        more.put(name, value);
        return new Answer(status, mediaType, body, Map.copyOf(more));
    }

    /// @param more the answer's own headers, and those that hang on who asked
    APIGatewayV2HTTPResponse response(Map<String, String> more) {
        var all = new HashMap<>(ALWAYS);
        all.putAll(more);
        if (!mediaType.isEmpty()) {
            all.put("Content-Type", mediaType);
        }
        boolean text = mediaType.endsWith("json");
        return APIGatewayV2HTTPResponse.builder()
                .withStatusCode(status)
                .withHeaders(all)
                .withIsBase64Encoded(!text)
                .withBody(
                        text
                                ? new String(body, StandardCharsets.UTF_8)
                                : Base64.getEncoder().encodeToString(body))
                .build();
    }
}
