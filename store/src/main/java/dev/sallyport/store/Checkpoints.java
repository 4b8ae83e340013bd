package dev.sallyport.store;

import dev.sallyport.core.id.TenantId;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The signed checkpoints of each tenant, in a row without gaps, exactly as they were signed.
public final class Checkpoints {

    private final Tables tables;

    Checkpoints(Tables tables) {
        this.tables = tables;
    }

    /// @param sequence counts from 1
    public record Stored(TenantId tenant, long sequence, byte[] bytes, byte[] signature) {

        public Stored {
            if (sequence < 1) {
                throw new IllegalArgumentException("checkpoints count from 1");
            }
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Stored that
                    && tenant.equals(that.tenant)
                    && sequence == that.sequence
                    && Arrays.equals(bytes, that.bytes)
                    && Arrays.equals(signature, that.signature);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return "Checkpoint(" + tenant + " " + sequence + ")";
        }
    }

    /// Appends a checkpoint; `false` when one of its number is there already.
    public boolean append(Stored checkpoint) {
        return tables.put(
                Table.LIVE,
                Item.of(partition(checkpoint.tenant()), sort(checkpoint.sequence()))
                        .bytes("checkpoint", checkpoint.bytes())
                        .bytes("signature", checkpoint.signature()),
                Condition.absent());
    }

    public Optional<Stored> last(TenantId tenant) {
        return tables.page(Table.LIVE, partition(tenant), "", Optional.empty(), true, 1).items().stream()
                .findFirst()
                .map(item -> read(tenant, item));
    }

    /// Checkpoints from `from` on, in their order, at most `limit`.
    public List<Stored> list(TenantId tenant, long from, int limit) {
        return tables
                .between(
                        Table.LIVE,
                        partition(tenant),
                        sort(from),
                        sort(Long.MAX_VALUE),
                        false,
                        Math.clamp(limit, 1, Page.LARGEST))
                .stream()
                .map(item -> read(tenant, item))
                .toList();
    }

    private static Stored read(TenantId tenant, Item item) {
        return new Stored(tenant, Long.parseLong(item.sort()), item.bytes("checkpoint"), item.bytes("signature"));
    }

    private static String partition(TenantId tenant) {
        return Keys.tenant(tenant) + "#CHECKPOINTS";
    }

    private static String sort(long sequence) {
        return "%019d".formatted(sequence);
    }
}
