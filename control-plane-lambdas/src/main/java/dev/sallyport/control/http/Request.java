package dev.sallyport.control.http;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import dev.sallyport.api.ApiJson;
import dev.sallyport.api.Limits;
import dev.sallyport.api.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One request as it came.
///
/// @param path as sent, still percent-encoded
/// @param query names and values, decoded
/// @param headers by lower-case name
/// @param source address of the sender
public record Request(
        String method,
        String path,
        Map<String, String> query,
        Map<String, String> headers,
        byte[] body,
        String source) {

    private static final Pattern JSON = Pattern.compile("(?i:application/json)\\s*(;.*)?");
    private static final Pattern UNKNOWN = Pattern.compile("Unknown property ([A-Za-z0-9_]{1,64}) ");

    /// Reads an event of API Gateway (payload format 2.0), or of whoever makes the same.
    ///
    /// @throws Declined when it is too large
    public static Request of(APIGatewayV2HTTPEvent event) throws Declined {
        var http = event.getRequestContext().getHttp();
        return new Request(
                http.getMethod(),
                event.getRawPath(),
                orEmpty(event.getQueryStringParameters()),
                headers(event),
                body(event),
                http.getSourceIp());
    }

    /// Headers by lower-case name.
    static Map<String, String> headers(APIGatewayV2HTTPEvent event) {
        var headers = new TreeMap<String, String>();
        orEmpty(event.getHeaders()).forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
        return headers;
    }

    private static Map<String, String> orEmpty(@Nullable Map<String, String> map) {
        return map == null ? Map.of() : map;
    }

    private static byte[] body(APIGatewayV2HTTPEvent event) throws Declined {
        @Nullable String text = event.getBody();
        if (text == null) {
            return new byte[0];
        }
        byte[] body;
        try {
            body = event.getIsBase64Encoded()
                    ? Base64.getDecoder().decode(text)
                    : text.getBytes(StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Declined.field("body", "is not what its encoding says");
        }
        if (body.length > Limits.BODY) {
            throw new Declined(Problem.Type.TOO_LARGE, "A request has at most " + Limits.BODY + " bytes.");
        }
        return body;
    }

    /// Reads the body.
    ///
    /// @throws Declined when it is not JSON of this form
    public <T> T json(Class<T> type) throws Declined {
        if (!JSON.matcher(headers.getOrDefault("content-type", "")).matches()) {
            throw new Declined(Problem.Type.NOT_JSON, "Send the body as application/json.");
        }
        try {
            return ApiJson.readStrictly(type, body);
        } catch (ApiJson.NotReadable e) {
            var unknown = UNKNOWN.matcher(String.valueOf(e.getMessage()));
            if (unknown.find()) {
                throw Declined.field(unknown.group(1), "is not a field of this request");
            }
            throw Declined.field("body", "is not JSON of the form that this request has: see the API's document");
        }
    }

    /// The same, as a request for what it would show.
    Request asGet() {
        return new Request("GET", path, query, headers, body, source);
    }

    /// A header by its lower-case name.
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name)).filter(value -> !value.isBlank());
    }

    /// A parameter of the query.
    public Optional<String> parameter(String name) {
        return Optional.ofNullable(query.get(name)).filter(value -> !value.isEmpty());
    }

    /// A parameter that is a point in time.
    public Optional<Instant> time(String name) throws Declined {
        try {
            var time = parameter(name).map(Instant::parse);
            if (time.filter(Limits::within).equals(time)) {
                return time;
            }
        } catch (DateTimeParseException e) {
            throw Declined.field(name, "is a time such as 2026-11-22T13:00:00Z");
        }
        throw Declined.field(name, "is a time from 1970 to 9999");
    }

    /// How many items the sender wants on a page.
    public int limit() throws Declined {
        int limit = number("limit", Limits.DEFAULT_PAGE);
        if (limit < 1 || limit > Limits.PAGE) {
            throw Declined.field("limit", "is between 1 and " + Limits.PAGE);
        }
        return limit;
    }

    /// A parameter that is a number; never negative.
    public int number(String name, int otherwise) throws Declined {
        try {
            int number = parameter(name).map(Integer::parseInt).orElse(otherwise);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw Declined.field(name, "is not a number");
        }
        throw Declined.field(name, "is a number from 0 on");
    }

    /// Does not print what may be secret.
    @Override
    public String toString() {
        return method + " " + path;
    }
}
