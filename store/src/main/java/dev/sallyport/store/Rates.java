package dev.sallyport.store;

import dev.sallyport.core.id.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// Token buckets, each one item: the moment at which the bucket is full again (the theoretical arrival time of the
/// generic cell rate algorithm). Taking from one that is full costs one write, from another one two.
public final class Rates {

    private static final Duration FORGOTTEN = Duration.ofDays(1);
    private static final String FULL = "full";

    private final Tables tables;

    Rates(Tables tables) {
        this.tables = tables;
    }

    /// A rate.
    ///
    /// @param perSecond tokens that come back each second
    /// @param burst tokens that a full bucket holds
    public record Rate(int perSecond, int burst) {

        public Rate {
            if (perSecond < 1 || burst < 1) {
                throw new IllegalArgumentException("a rate is positive");
            }
        }

        long micros(int tokens) {
            return 1_000_000L * tokens / perSecond;
        }
    }

    /// Takes tokens.
    ///
    /// @param bucket which one of the tenant
    /// @return empty when they were taken; otherwise how long until they are there
    public Optional<Duration> take(TenantId tenant, String bucket, Rate rate, int tokens) {
        long now = ChronoUnit.MICROS.between(Instant.EPOCH, tables.clock().instant());
        long cost = rate.micros(tokens);
        long latest = now + rate.micros(rate.burst()) - cost;
        var fresh = Item.of(partition(tenant), bucket)
                .number(FULL, now + cost)
                .expires(Optional.of(tables.clock().instant().plus(FORGOTTEN)));
        if (latest >= now
                && (tables.put(Table.LIVE, fresh, Condition.absentOrLess(FULL, now))
                        || tables.add(
                                Table.LIVE,
                                partition(tenant),
                                bucket,
                                FULL,
                                cost,
                                Condition.between(FULL, now, latest)))) {
            return Optional.empty();
        }
        long full = tables.get(Table.LIVE, partition(tenant), bucket)
                .map(item -> item.number(FULL))
                .orElse(now);
        return Optional.of(Duration.of(Math.max(1, full - latest), ChronoUnit.MICROS));
    }

    private static String partition(TenantId tenant) {
        return Keys.tenant(tenant) + "#RATES";
    }
}
