package dev.sallyport.control;

import dev.sallyport.core.id.TenantId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/// What functions really ask DynamoDB for while they answer requests, in the words of IAM: action, table, and leading
/// key of every item.
final class Calls {

    private static final Pattern TENANT = Pattern.compile("TEN#(ten_[0-9a-z]+)(#.*)?");

    /// An item that was asked for on behalf of a request.
    ///
    /// @param tenant of the caller; empty when it has no key that counts
    /// @param crossing whether the route is the operator's own, for all tenants
    record Call(
            String function,
            Optional<TenantId> tenant,
            boolean crossing,
            String action,
            String table,
            String leadingKey) {

        /// The leading key as a policy writes it: up to the word that says what is there.
        String pattern() {
            var found = TENANT.matcher(leadingKey);
            if (found.matches()) {
                @Nullable String rest = found.group(2);
                boolean own = !crossing
                        || tenant.filter(caller -> caller.value().equals(found.group(1)))
                                .isPresent();
                return (own ? "TEN#${tenant}" : "TEN#*") + (rest == null ? "" : "#" + upToWord(rest.substring(1)));
            }
            return upToWord(leadingKey);
        }

        private static String upToWord(String key) {
            int end = key.indexOf('#');
            return end < 0 ? key : key.substring(0, end + 1) + "*";
        }

        /// Whether `dynamodb:LeadingKeys` of the caller's tenant lets it through: its own partitions, and those
        /// that are no tenant's.
        boolean allowed() {
            var found = TENANT.matcher(leadingKey);
            return crossing
                    || !leadingKey.startsWith("TEN#")
                    || (found.matches()
                            && tenant.filter(own -> own.value().equals(found.group(1)))
                                    .isPresent());
        }
    }

    /// All of this JVM.
    static final Set<Call> ALL = ConcurrentHashMap.newKeySet();

    private record Asking(String function, Optional<TenantId> tenant, boolean crossing) {}

    private static final ThreadLocal<@Nullable Asking> ASKING = new ThreadLocal<>();

    private static final ThreadLocal<List<List<Call>>> MADE = ThreadLocal.withInitial(ArrayList::new);

    private Calls() {}

    static <T> T during(String function, Optional<TenantId> tenant, boolean crossing, Supplier<T> work) {
        ASKING.set(new Asking(function, tenant, crossing));
        MADE.get().clear();
        try {
            return work.get();
        } finally {
            ASKING.remove();
        }
    }

    /// What the last request of this thread asked for, call by call, each with its items.
    static List<List<Call>> last() {
        return List.copyOf(MADE.get());
    }

    static void add(Object request) {
        var asking = ASKING.get();
        if (asking == null) {
            return;
        }
        var items = of(request).stream()
                .map(one -> new Call(
                        asking.function(),
                        asking.tenant(),
                        asking.crossing(),
                        one.action(),
                        one.table(),
                        one.leadingKey()))
                .toList();
        ALL.addAll(items);
        MADE.get().add(items);
    }

    private record One(String action, String table, String leadingKey) {}

    private static List<One> of(Object request) {
        return switch (request) {
            case GetItemRequest get -> List.of(one("GetItem", get.tableName(), get.key()));
            case PutItemRequest put -> List.of(one("PutItem", put.tableName(), put.item()));
            case UpdateItemRequest update -> List.of(one("UpdateItem", update.tableName(), update.key()));
            case QueryRequest query ->
                List.of(new One("Query", table(query.tableName()), text(query.expressionAttributeValues(), ":pk")));
            case BatchGetItemRequest batch -> {
                var all = new ArrayList<One>();
                batch.requestItems()
                        .forEach((table, keys) -> keys.keys().forEach(key -> all.add(one("BatchGetItem", table, key))));
                yield all;
            }
            case BatchWriteItemRequest batch -> {
                var all = new ArrayList<One>();
                batch.requestItems()
                        .forEach((table, writes) -> writes.forEach(write -> all.add(one(
                                "BatchWriteItem",
                                table,
                                write.putRequest() == null
                                        ? write.deleteRequest().key()
                                        : write.putRequest().item()))));
                yield all;
            }
            case TransactWriteItemsRequest writes -> {
                var all = new ArrayList<One>();
                for (var write : writes.transactItems()) {
                    if (write.put() != null) {
                        all.add(one(
                                "PutItem", write.put().tableName(), write.put().item()));
                    } else if (write.update() != null) {
                        all.add(one(
                                "UpdateItem",
                                write.update().tableName(),
                                write.update().key()));
                    } else if (write.delete() != null) {
                        all.add(one(
                                "DeleteItem",
                                write.delete().tableName(),
                                write.delete().key()));
                    } else {
                        var check = write.conditionCheck();
                        all.add(one("ConditionCheckItem", check.tableName(), check.key()));
                    }
                }
                yield all;
            }
            case DeleteItemRequest delete -> List.of(one("DeleteItem", delete.tableName(), delete.key()));
            default -> throw new IllegalStateException("a call that no policy knows: " + request);
        };
    }

    private static One one(String action, String table, Map<String, AttributeValue> item) {
        return new One(action, table(table), text(item, "pk"));
    }

    private static String text(Map<String, AttributeValue> values, String name) {
        return Objects.requireNonNull(values.get(name)).s();
    }

    private static String table(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
