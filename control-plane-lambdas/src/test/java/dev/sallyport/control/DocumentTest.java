package dev.sallyport.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class DocumentTest {

    private static final Pattern PATH = Pattern.compile("  (/v1/\\S+):");
    private static final Pattern METHOD = Pattern.compile("    (get|put|post|delete):");

    @Test
    void theDocumentHasEveryRouteAndEveryRouteIsInTheDocument() throws IOException {
        var served = new TreeSet<String>();
        new Bed().routes().forEach(route -> served.add(route.method() + " " + route.template()));

        assertThat(served).isEqualTo(documented());
    }

    /// Which requests take `If-Match` and `Idempotency-Key` is told where they are looked up.
    @Test
    void theDocumentNamesTheHeadersThatEachRouteKnows() throws IOException {
        var conditional = new TreeSet<String>();
        var once = new TreeSet<String>();
        for (var route : new Bed().routes()) {
            if (route.conditional()) {
                conditional.add(route.method() + " " + route.template());
            }
            if (route.method().equals("POST") && !route.open()) {
                once.add("POST " + route.template());
            }
        }
        assertThat(documented(Pattern.compile(".*parameters/IfMatch'"))).isEqualTo(conditional);
        assertThat(documented(Pattern.compile(".*parameters/IdempotencyKey'"))).isEqualTo(once);
    }

    static Set<String> documented() throws IOException {
        return documented(METHOD);
    }

    /// The operations that have such a line.
    private static Set<String> documented(Pattern wanted) throws IOException {
        var documented = new TreeSet<String>();
        try (var in = DocumentTest.class.getResourceAsStream("/openapi.yaml")) {
            var path = "";
            var operation = "";
            for (var line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
                var found = PATH.matcher(line);
                if (found.matches()) {
                    path = found.group(1);
                }
                var method = METHOD.matcher(line);
                if (method.matches()) {
                    operation = method.group(1).toUpperCase(Locale.ROOT) + " " + path;
                }
                if (wanted.matcher(line).matches() && !operation.isEmpty()) {
                    documented.add(operation);
                }
            }
        }
        return documented;
    }
}
