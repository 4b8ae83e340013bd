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

    static Set<String> documented() throws IOException {
        var documented = new TreeSet<String>();
        try (var in = DocumentTest.class.getResourceAsStream("/openapi.yaml")) {
            var path = "";
            for (var line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
                var found = PATH.matcher(line);
                if (found.matches()) {
                    path = found.group(1);
                }
                var method = METHOD.matcher(line);
                if (method.matches()) {
                    documented.add(method.group(1).toUpperCase(Locale.ROOT) + " " + path);
                }
            }
        }
        return documented;
    }
}
