package dev.sallyport.store;

import dev.sallyport.core.id.KeyId;
import dev.sallyport.core.id.TenantId;
import java.time.Duration;
import java.util.Optional;

/// Requests that are done once, however often they are sent: what each was, and how it was answered, for
/// [#KEPT].
public final class AnsweredRequests {

    /// How long a request is remembered.
    public static final Duration KEPT = Duration.ofHours(24);

    /// Longest answer that is remembered, in bytes.
    public static final int LONGEST_ANSWER = 350_000;

    private static final String REQUEST = "request";
    private static final String ANSWER = "answer";

    private final Tables tables;

    AnsweredRequests(Tables tables) {
        this.tables = tables;
    }

    /// How it stands with a request.
    public sealed interface Standing {

        /// Nobody sent it before: do it.
        record New() implements Standing {}

        /// It was begun, and no answer is known (yet).
        record Begun() implements Standing {}

        /// Another request came with this key.
        record Other() implements Standing {}

        /// It was answered so.
        record Answered(byte[] answer) implements Standing {}
    }

    /// Notes that a request begins, unless it, or another one with the same `key`, began before.
    ///
    /// @param key hash of the sender's name for the request
    /// @param request hash of what it asks for
    public Standing begin(TenantId tenant, KeyId sender, String key, String request) {
        var item = item(tenant, sender, key, request);
        if (tables.put(Table.LIVE, item, Condition.absentOrLess(Item.EXPIRES, now()))) {
            return new Standing.New();
        }
        var before = tables.get(Table.LIVE, item.partition(), item.sort());
        if (before.filter(found -> found.text(REQUEST).equals(request)).isEmpty()) {
            return before.isPresent() ? new Standing.Other() : new Standing.Begun();
        }
        return before.filter(found -> found.has(ANSWER))
                .<Standing>map(found -> new Standing.Answered(found.bytes(ANSWER)))
                .orElseGet(Standing.Begun::new);
    }

    /// Remembers the answer. What is too long is not remembered: the request then reads as begun.
    public void answered(TenantId tenant, KeyId sender, String key, String request, byte[] answer) {
        if (answer.length <= LONGEST_ANSWER) {
            tables.put(Table.LIVE, item(tenant, sender, key, request).bytes(ANSWER, answer), Condition.none());
        }
    }

    /// Forgets a request that changed nothing.
    public void forget(TenantId tenant, KeyId sender, String key) {
        tables.delete(Table.LIVE, partition(tenant), sort(sender, key), Condition.none());
    }

    private Item item(TenantId tenant, KeyId sender, String key, String request) {
        return Item.of(partition(tenant), sort(sender, key))
                .text(REQUEST, request)
                .expires(Optional.of(tables.clock().instant().plus(KEPT)));
    }

    private long now() {
        return tables.clock().instant().getEpochSecond();
    }

    private static String partition(TenantId tenant) {
        return Keys.tenant(tenant) + "#REQUESTS";
    }

    private static String sort(KeyId sender, String key) {
        return sender.value() + "#" + key;
    }
}
