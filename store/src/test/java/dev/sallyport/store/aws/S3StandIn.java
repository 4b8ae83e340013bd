package dev.sallyport.store.aws;

import com.sun.net.httpserver.HttpExchange;
import dev.sallyport.core.hash.Sha256;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/// As much of S3 as Sallyport uses, by its API reference: one bucket, `recordings`, with puts that do not overwrite,
/// sums that are checked, and lists in pages of two.
public final class S3StandIn extends StandIn {

    private static final int PAGE = 2;

    /// The objects by key.
    public final NavigableMap<String, byte[]> objects = new ConcurrentSkipListMap<>();

    public S3StandIn serving() {
        serveThisProcess("S3");
        return this;
    }

    @Override
    void serve(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().getPath();
        if (!path.equals("/recordings") && !path.startsWith("/recordings/")) {
            error(exchange, 404, "NoSuchBucket");
            return;
        }
        var key = path.length() > 12 ? path.substring(12) : "";
        switch (exchange.getRequestMethod()) {
            case "PUT" -> put(exchange, key);
            case "GET" -> {
                if (key.isEmpty()) {
                    list(exchange);
                } else {
                    get(exchange, key);
                }
            }
            case "DELETE" -> {
                asked("s3:DeleteObject");
                objects.remove(key);
                answer(exchange, 204, "application/xml", new byte[0]);
            }
            default -> error(exchange, 405, "MethodNotAllowed");
        }
    }

    private void put(HttpExchange exchange, String key) throws IOException {
        asked("s3:PutObject");
        var body = exchange.getRequestBody().readAllBytes();
        var sum = Base64.getEncoder().encodeToString(Sha256.of(body).bytes());
        var headers = exchange.getRequestHeaders();
        if (!sum.equals(headers.getFirst("x-amz-checksum-sha256"))) {
            error(exchange, 400, "BadDigest");
        } else if (!"*".equals(headers.getFirst("If-None-Match"))) {
            objects.put(key, body);
            answer(exchange, 200, "application/xml", new byte[0]);
        } else if (objects.putIfAbsent(key, body) != null) {
            error(exchange, 412, "PreconditionFailed");
        } else {
            answer(exchange, 200, "application/xml", new byte[0]);
        }
    }

    private void get(HttpExchange exchange, String key) throws IOException {
        asked("s3:GetObject");
        var found = objects.get(key);
        if (found == null) {
            error(exchange, 404, "NoSuchKey");
        } else {
            answer(exchange, 200, "application/octet-stream", found);
        }
    }

    private void list(HttpExchange exchange) throws IOException {
        asked("s3:ListBucket");
        Map<String, String> query = new HashMap<>();
        for (var pair : exchange.getRequestURI().getRawQuery().split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                query.put(
                        pair.substring(0, equals),
                        URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        var prefix = query.getOrDefault("prefix", "");
        var after = query.getOrDefault("continuation-token", prefix);
        List<String> rest = objects.tailMap(after, false).keySet().stream()
                .filter(key -> key.startsWith(prefix))
                .toList();
        var page = rest.subList(0, Math.min(PAGE, rest.size()));
        var xml = new StringBuilder("<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
        xml.append("<IsTruncated>").append(rest.size() > PAGE).append("</IsTruncated>");
        if (rest.size() > PAGE) {
            xml.append("<NextContinuationToken>").append(page.getLast()).append("</NextContinuationToken>");
        }
        page.forEach(key -> xml.append("<Contents><Key>").append(key).append("</Key></Contents>"));
        answer(
                exchange,
                200,
                "application/xml",
                xml.append("</ListBucketResult>").toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void error(HttpExchange exchange, int status, String code) throws IOException {
        exchange.getRequestBody().readAllBytes();
        answer(
                exchange,
                status,
                "application/xml",
                ("<Error><Code>" + code + "</Code><Message>refused</Message></Error>")
                        .getBytes(StandardCharsets.UTF_8));
    }
}
