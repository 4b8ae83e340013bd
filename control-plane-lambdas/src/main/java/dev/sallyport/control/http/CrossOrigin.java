package dev.sallyport.control.http;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Which pages of other origins a browser lets read the API's answers (the Fetch standard, section 3.2): those of the
/// origins that the operator names, and no other. No wildcard, and no credentials of the browser: the console sends
/// its key itself.
///
/// Without named origins no answer has a header of this kind. With them every answer says that it varies by origin.
final class CrossOrigin {

    private static final String MAY_SEND = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match";
    private static final String MAY_READ = "ETag, Retry-After, Idempotent-Replayed, Allow";

    /// How long a browser may remember what it was told, in seconds.
    private static final String REMEMBERED = "600";

    private final Set<String> origins;

    CrossOrigin(Set<String> origins) {
        this.origins = origins;
    }

    /// The answer to a browser's question before the request itself, when it comes from a named origin. It is the
    /// same for every path: who has no key learns nothing of the routes.
    Optional<Answer> preflight(String method, Map<String, String> headers) {
        if (!method.equals("OPTIONS") || !headers.containsKey("access-control-request-method")) {
            return Optional.empty();
        }
        return named(headers)
                .map(_ -> Answer.nothing()
                        .with("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, DELETE")
                        .with("Access-Control-Allow-Headers", MAY_SEND)
                        .with("Access-Control-Max-Age", REMEMBERED));
    }

    /// The headers of `answer`, with those for whoever asked.
    Map<String, String> headers(Map<String, String> headers, Map<String, String> answer) {
        if (origins.isEmpty()) {
            return answer;
        }
        var all = new TreeMap<>(answer);
        all.put("Vary", "Origin");
        named(headers).ifPresent(origin -> {
            all.put("Access-Control-Allow-Origin", origin);
            all.put("Access-Control-Expose-Headers", MAY_READ);
        });
        return all;
    }

    /// The origin of a request as the operator wrote it.
    private Optional<String> named(Map<String, String> headers) {
        var origin = headers.getOrDefault("origin", "");
        return origins.stream().filter(origin::equals).findFirst();
    }
}
