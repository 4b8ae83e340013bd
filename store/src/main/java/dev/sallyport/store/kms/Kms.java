package dev.sallyport.store.kms;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.kms.KmsClient;

/// KMS of the account and region that the environment names. Asked nothing, and not even made, before it is needed:
/// a Lambda function's snapshot holds neither keys nor connections.
public final class Kms implements AutoCloseable {

    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(4);

    private @Nullable KmsClient client;

    synchronized KmsClient client() {
        var made = client;
        if (made == null) {
            made = KmsClient.builder()
                    .httpClientBuilder(UrlConnectionHttpClient.builder())
                    .overrideConfiguration(
                            settings -> settings.apiCallTimeout(CALL_TIMEOUT).apiCallAttemptTimeout(ATTEMPT_TIMEOUT))
                    .build();
            client = made;
        }
        return made;
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.close();
        }
    }
}
