package dev.sallyport.agent.secrets;

import dev.sallyport.agent.secrets.SecretStore.StoreOut;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner.AuthLocation;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/// Signs what is sent to AWS with the agent's own credentials (Signature Version 4): those of its environment, its
/// profile, its container or its machine, as AWS's SDK looks for them.
final class AwsSigning {

    private final AwsCredentialsProvider credentials;
    private final Clock clock;
    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();

    AwsSigning(AwsCredentialsProvider credentials, Clock clock) {
        this.credentials = credentials;
        this.clock = clock;
    }

    /// The headers of a call of a JSON service.
    Map<String, String> headers(String service, String region, URI uri, String target, byte[] body) throws StoreOut {
        var request = SdkHttpRequest.builder()
                .method(SdkHttpMethod.POST)
                .uri(uri)
                .putHeader("Content-Type", "application/x-amz-json-1.1")
                .putHeader("X-Amz-Target", target)
                .build();
        var identity = identity();
        var signed = signer.sign(builder -> builder.identity(identity)
                .request(request)
                .payload(ContentStreamProvider.fromByteArray(body))
                .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service)
                .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                .putProperty(HttpSigner.SIGNING_CLOCK, clock));
        var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        signed.request().headers().forEach((name, values) -> headers.put(name, String.join(",", values)));
        // the client writes it by itself, from the same address
        headers.remove("Host");
        headers.remove("Content-Length");
        return headers;
    }

    /// A password for a database of RDS that knows its users by IAM: a signed address, without its scheme, which counts
    /// for 15 minutes (docs.aws.amazon.com, "IAM database authentication").
    String databaseToken(String region, String host, int port, String user) throws StoreOut {
        var request = SdkHttpRequest.builder()
                .method(SdkHttpMethod.GET)
                .protocol("https")
                .host(host)
                .port(port)
                .encodedPath("/")
                .putRawQueryParameter("Action", "connect")
                .putRawQueryParameter("DBUser", user)
                .build();
        var identity = identity();
        var signed = signer.sign(builder -> builder.identity(identity)
                .request(request)
                .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "rds-db")
                .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                .putProperty(AwsV4HttpSigner.AUTH_LOCATION, AuthLocation.QUERY_STRING)
                .putProperty(AwsV4HttpSigner.EXPIRATION_DURATION, Duration.ofMinutes(15))
                .putProperty(HttpSigner.SIGNING_CLOCK, clock));
        return signed.request().getUri().toString().substring("https://".length());
    }

    private AwsCredentialsIdentity identity() throws StoreOut {
        try {
            return credentials.resolveCredentials();
        } catch (SdkClientException e) {
            throw new StoreOut("the agent finds no credentials of its own for AWS", e);
        }
    }
}
