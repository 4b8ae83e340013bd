package dev.sallyport.agent.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.agent.secrets.Secrets.Unresolved;
import dev.sallyport.core.secret.SecretReference;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class KeptSecretsTest {

    private static final SecretReference REFERENCE = SecretReference.parse("vault:kv/shop#password");

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger asked = new AtomicInteger();
    private final KeptSecrets kept = new KeptSecrets(nanos::get);
    private volatile String value = "one";
    private volatile boolean out;
    private volatile boolean gone;

    private final SecretStore store = rest -> {
        asked.incrementAndGet();
        if (out) {
            throw new SecretStore.StoreOut("out");
        }
        if (gone) {
            throw new Unresolved("gone");
        }
        return SecretStore.Fetched.of(value);
    };

    private String get() throws Exception {
        try (var secret = kept.of(REFERENCE, store).secret()) {
            return secret.revealText();
        }
    }

    @Test
    void aSecretIsAskedForOnceInFiveMinutes() throws Exception {
        assertThat(get()).isEqualTo("one");
        value = "two";
        nanos.addAndGet(KeptSecrets.FRESH.minusSeconds(1).toNanos());
        assertThat(get()).isEqualTo("one");
        assertThat(asked).hasValue(1);
        nanos.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(get()).isEqualTo("two");
    }

    @Test
    void aRotatedSecretIsFetchedWhenTheTargetDidNotTakeTheOld() throws Exception {
        assertThat(get()).isEqualTo("one");
        value = "two";
        kept.forget(REFERENCE);
        assertThat(get()).isEqualTo("two");
        assertThat(get()).isEqualTo("two");
        assertThat(asked).hasValue(2);
    }

    @Test
    void whenTheStoreIsOutTheLastAnswerCountsForAnHour() throws Exception {
        assertThat(get()).isEqualTo("one");
        out = true;
        nanos.addAndGet(KeptSecrets.LAST.minusSeconds(1).toNanos());
        assertThat(get()).isEqualTo("one");
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThatThrownBy(this::get).isInstanceOf(Unresolved.class).hasMessageContaining("does not answer");
    }

    @Test
    void withoutAnAnswerBeforeAStoreThatIsOutRefuses() {
        out = true;
        assertThatThrownBy(this::get).isInstanceOf(Unresolved.class).hasMessageContaining("does not answer");
    }

    @Test
    void whatTheStoreSaysIsGoneCountsNoMoreAlsoWhenItIsOutLater() throws Exception {
        assertThat(get()).isEqualTo("one");
        gone = true;
        nanos.addAndGet(KeptSecrets.FRESH.toNanos());
        assertThatThrownBy(this::get).hasMessage("gone");
        out = true;
        assertThatThrownBy(this::get).hasMessageContaining("does not answer");
    }

    @Test
    void onlySoManyAreKept() throws Exception {
        for (int i = 0; i <= KeptSecrets.MOST; i++) {
            kept.of(SecretReference.parse("vault:kv/" + i + "#x"), store)
                    .secret()
                    .close();
        }
        assertThat(asked).hasValue(KeptSecrets.MOST + 1);
        kept.of(SecretReference.parse("vault:kv/" + KeptSecrets.MOST + "#x"), store)
                .secret()
                .close();
        assertThat(asked).hasValue(KeptSecrets.MOST + 1);
        kept.of(SecretReference.parse("vault:kv/0#x"), store).secret().close();
        assertThat(asked).as("the first one had gone").hasValue(KeptSecrets.MOST + 2);
    }
}
