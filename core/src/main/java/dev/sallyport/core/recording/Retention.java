package dev.sallyport.core.recording;

import java.time.Duration;
import java.time.Instant;

/// How long a recording is kept after its session has ended. Where there is none, it is kept for ever.
public record Retention(int days) {

    /// The longest that can be set; what is to be kept longer is kept for ever.
    public static final int MOST_DAYS = 3_650;

    public Retention {
        if (days < 1 || days > MOST_DAYS) {
            throw new IllegalArgumentException("recordings are kept from 1 to " + MOST_DAYS + " days");
        }
    }

    /// When a recording is due for deletion whose session ended then.
    public Instant due(Instant ended) {
        return ended.plus(length());
    }

    public Duration length() {
        return Duration.ofDays(days);
    }
}
