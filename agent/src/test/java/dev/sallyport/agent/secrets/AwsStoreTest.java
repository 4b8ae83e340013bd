package dev.sallyport.agent.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.agent.secrets.SecretStore.StoreOut;
import dev.sallyport.agent.secrets.Secrets.Unresolved;
import dev.sallyport.agent.secrets.StandIn.Answer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/// The stand-in checks signatures by itself, as AWS's documentation of Signature Version 4 says, and is held to a
/// vector
/// that AWS has published.
class AwsStoreTest {

    private static final String KEY = "AKIDEXAMPLE";
    private static final String SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    private static final Instant NOW = Instant.parse("2015-08-30T12:36:00Z");
    private static final String EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private StandIn aws;

    @BeforeEach
    void start() throws Exception {
        aws = new StandIn();
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    private Stores stores(Map<String, String> environment) {
        return Stores.of(
                environment,
                StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY, SECRET)),
                Optional.of(aws.address()),
                Clock.fixed(NOW, ZoneOffset.UTC),
                () -> 0);
    }

    private SecretStore store(String scheme) {
        return stores(Map.of("AWS_REGION", "eu-central-1")).of(scheme).orElseThrow();
    }

    /// The hexadecimal signature of a canonical request.
    private static String signature(String canonical, String region, String service) throws Exception {
        var scope = "20150830/" + region + "/" + service + "/aws4_request";
        var text = "AWS4-HMAC-SHA256\n20150830T123600Z\n" + scope + "\n" + sha256(canonical);
        var key = ("AWS4" + SECRET).getBytes(StandardCharsets.UTF_8);
        for (var part : new String[] {"20150830", region, service, "aws4_request"}) {
            key = hmac(key, part);
        }
        return HexFormat.of().formatHex(hmac(key, text));
    }

    private static byte[] hmac(byte[] key, String text) throws Exception {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String sha256(String text) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    /// `get-vanilla` of AWS's published test suite for Signature Version 4.
    @Test
    void theCheckOfSignaturesHoldsThePublishedVector() throws Exception {
        var canonical =
                "GET\n/\n\nhost:example.amazonaws.com\nx-amz-date:20150830T123600Z\n\nhost;x-amz-date\n" + EMPTY;
        assertThat(signature(canonical, "us-east-1", "service"))
                .isEqualTo("5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
    }

    private static void checkSigned(StandIn.Asked asked, String region, String service) throws Exception {
        var authorization = asked.headers().getOrDefault("authorization", "");
        assertThat(authorization)
                .startsWith("AWS4-HMAC-SHA256 Credential=" + KEY + "/20150830/" + region + "/" + service
                        + "/aws4_request, SignedHeaders=");
        var names = authorization.replaceFirst(".*SignedHeaders=([^,]*),.*", "$1");
        assertThat(names.split(";", -1)).contains("host", "x-amz-date", "x-amz-target");
        var headers = Arrays.stream(names.split(";", -1))
                .map(name -> name + ":" + asked.headers().get(name) + "\n")
                .collect(Collectors.joining());
        var canonical = "POST\n/\n\n" + headers + "\n" + names + "\n" + sha256(asked.body());
        assertThat(authorization).endsWith("Signature=" + signature(canonical, region, service));
    }

    @Test
    void aSecretIsReadWholeOrByAKeyOfIt() throws Exception {
        aws.on(
                "POST /",
                200,
                "{\"Name\":\"shop\",\"SecretString\":\"{\\\"password\\\":\\\"one\\\",\\\"port\\\":5432}\"}");
        var store = store("aws-secret");
        assertThat(store.fetch("shop#password").secret().revealText()).isEqualTo("one");
        assertThat(store.fetch("shop#port").secret().revealText()).isEqualTo("5432");
        assertThat(store.fetch("shop").secret().revealText()).isEqualTo("{\"password\":\"one\",\"port\":5432}");
        assertThat(aws.asked.getFirst().body()).isEqualTo("{\"SecretId\":\"shop\"}");
        assertThat(aws.asked.getFirst().headers())
                .containsEntry("x-amz-target", "secretsmanager.GetSecretValue")
                .containsEntry("content-type", "application/x-amz-json-1.1");
        for (var asked : aws.asked) {
            checkSigned(asked, "eu-central-1", "secretsmanager");
        }
        assertThatThrownBy(() -> store.fetch("shop#none")).isInstanceOf(Unresolved.class);
    }

    @Test
    void anArnNamesItsRegion() throws Exception {
        aws.on("POST /", 200, "{\"SecretString\":\"one\"}");
        var store = stores(Map.of()).of("aws-secret").orElseThrow();
        var name = "arn:aws:secretsmanager:us-west-2:123456789012:secret:shop-a1b2c3";
        assertThat(store.fetch(name).secret().revealText()).isEqualTo("one");
        checkSigned(aws.asked.getFirst(), "us-west-2", "secretsmanager");
        assertThatThrownBy(() -> store.fetch("shop"))
                .isInstanceOf(Unresolved.class)
                .hasMessageContaining("AWS_REGION");
    }

    @Test
    void aParameterIsReadDecrypted() throws Exception {
        aws.on("POST /", 200, "{\"Parameter\":{\"Name\":\"/shop/password\",\"Value\":\"one\",\"Version\":2}}");
        assertThat(store("aws-parameter").fetch("/shop/password").secret().revealText())
                .isEqualTo("one");
        assertThat(aws.asked.getFirst().body()).isEqualTo("{\"Name\":\"/shop/password\",\"WithDecryption\":true}");
        checkSigned(aws.asked.getFirst(), "eu-central-1", "ssm");
    }

    @Test
    void whatAwsRefusesIsARefusalAndWhatItCannotIsAnOutage() {
        var store = store("aws-secret");
        aws.on("POST /", 400, "{\"__type\":\"ResourceNotFoundException\",\"Message\":\"no shop\"}");
        assertThatThrownBy(() -> store.fetch("shop"))
                .isInstanceOf(Unresolved.class)
                .hasMessageContaining("is not in AWS")
                .hasMessageNotContaining("shop");
        aws.on("POST /", 400, "{\"__type\":\"AccessDeniedException\"}");
        assertThatThrownBy(() -> store.fetch("shop"))
                .isInstanceOf(Unresolved.class)
                .hasMessageContaining("does not let");
        aws.on("POST /", 400, "{\"__type\":\"ThrottlingException\"}");
        assertThatThrownBy(() -> store.fetch("shop")).isInstanceOf(StoreOut.class);
        aws.on("POST /", one -> new Answer(500, "<html>"));
        assertThatThrownBy(() -> store.fetch("shop")).isInstanceOf(StoreOut.class);
    }

    @Test
    void aDatabaseTokenIsASignedAddressOfThatDatabaseAndUser() throws Exception {
        var token = stores(Map.of()).aws().databaseToken("eu-central-1", "db.example", 5432, "app");
        assertThat(token).startsWith("db.example:5432/?").doesNotContain("://");
        var query = new TreeMap<String, String>();
        for (var pair : URI.create("https://" + token).getRawQuery().split("&", -1)) {
            query.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
        }
        assertThat(query)
                .containsEntry("Action", "connect")
                .containsEntry("DBUser", "app")
                .containsEntry("X-Amz-Expires", "900")
                .containsEntry("X-Amz-Credential", KEY + "%2F20150830%2Feu-central-1%2Frds-db%2Faws4_request");
        var signature = query.remove("X-Amz-Signature");
        var canonical = "GET\n/\n"
                + query.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .collect(Collectors.joining("&"))
                + "\nhost:db.example:5432\n\nhost\n" + EMPTY;
        assertThat(signature).isEqualTo(signature(canonical, "eu-central-1", "rds-db"));
    }
}
