package dev.sallyport.control.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import dev.sallyport.control.Bed;
import dev.sallyport.control.NoContext;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;

final class JsonLogTest {

    @Test
    void aRecordIsOneLineOfJsonWhateverItHolds() {
        var text = "a \"quoted\" \\ line\r\n\u001b[2J \u2028 \ud800 ü";
        var entry = new LogRecord(Level.SEVERE, text);
        entry.setLoggerName("dev.sallyport");
        entry.setThrown(new IllegalStateException("why\nand how"));
        JsonLog.request("request-1");

        var line = new JsonLog().format(entry);

        assertThat(line).matches("[ -~]*");
        var read = JsonNode.parser().parse(line);
        assertThat(read.field("message").orElseThrow().asString()).isEqualTo(text);
        assertThat(read.field("level").orElseThrow().asString()).isEqualTo("ERROR");
        assertThat(read.field("request").orElseThrow().asString()).isEqualTo("request-1");
        assertThat(read.field("thrown").orElseThrow().asString())
                .startsWith("java.lang.IllegalStateException: why\nand how\n\tat ");
    }

    @Test
    void eachRequestIsALineOfMetricsAsCloudWatchTakesThem() {
        var bytes = new ByteArrayOutputStream();
        var bed = new Bed();
        var measured = new Measured(bed.plane.identity(), new PrintStream(bytes, true, StandardCharsets.UTF_8));

        measured.handleRequest(
                APIGatewayV2HTTPEvent.builder()
                        .withRawPath("/v1/me")
                        .withRequestContext(APIGatewayV2HTTPEvent.RequestContext.builder()
                                .withHttp(APIGatewayV2HTTPEvent.RequestContext.Http.builder()
                                        .withMethod("GET")
                                        .withSourceIp("192.0.2.7")
                                        .build())
                                .build())
                        .build(),
                new NoContext());

        var line = bytes.toString(StandardCharsets.UTF_8);
        assertThat(line).doesNotContain("192.0.2.7").doesNotContain("/v1/me");
        var read = JsonNode.parser().parse(line);
        assertThat(read.field("Requests").orElseThrow().asNumber()).isEqualTo("1");
        assertThat(read.field("Refused").orElseThrow().asNumber()).isEqualTo("1");
        assertThat(read.field("Failed").orElseThrow().asNumber()).isEqualTo("0");
        assertThat(read.field("status").orElseThrow().asNumber()).isEqualTo("401");
        assertThat(read.field("function").orElseThrow().asString()).isEqualTo("identity");
        var directive = read.field("_aws")
                .orElseThrow()
                .field("CloudWatchMetrics")
                .orElseThrow()
                .asArray()
                .getFirst();
        for (var metric : directive.field("Metrics").orElseThrow().asArray()) {
            var name = metric.field("Name").orElseThrow().asString();
            assertThat(read.field(name)).as(name).isPresent();
            assertThat(read.field(name).orElseThrow().isNumber()).as(name).isTrue();
        }
        assertThat(read.field("_aws")
                        .orElseThrow()
                        .field("Timestamp")
                        .orElseThrow()
                        .isNumber())
                .isTrue();
    }
}
