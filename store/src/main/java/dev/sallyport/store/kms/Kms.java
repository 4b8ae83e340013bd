package dev.sallyport.store.kms;

import dev.sallyport.store.https.Authorities;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kms.KmsClient;

/// KMS of the account and region that the environment names. Asked nothing, and not even made, before it is needed:
/// a Lambda function's snapshot holds neither keys nor connections.
public final class Kms implements AutoCloseable {

    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(4);

    private final Authorities authorities;
    private @Nullable KmsClient client;

    /// @param authorities who is believed to be KMS
    public Kms(Authorities authorities) {
        this.authorities = authorities;
    }

    synchronized KmsClient client() {
        var made = client;
        if (made == null) {
            made = KmsClient.builder()
                    .httpClientBuilder(authorities.client())
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
