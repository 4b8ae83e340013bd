package dev.sallyport.store;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;

/// A store whose calls are counted, and the units that they take by the rules of DynamoDB (DynamoDB Local reports
/// others).
///
/// Reads are strongly consistent: a unit for each 4 KiB, counted for each item of a get or batch (one that is not
/// there is one unit), and for the sum of a query. Writes: a unit for each KiB of an item, twice that in a
/// transaction, checks included. An item that is updated or deleted is taken to be within one KiB.
final class Metered {

    private final Store store;
    private final LongAdder calls = new LongAdder();
    private final LongAdder reads = new LongAdder();
    private final LongAdder writes = new LongAdder();

    Metered(Store of) {
        var client = (DynamoDbClient) Proxy.newProxyInstance(
                Metered.class.getClassLoader(), new Class<?>[] {DynamoDbClient.class}, (proxy, method, arguments) -> {
                    try {
                        if (arguments != null && arguments.length == 1 && arguments[0] instanceof Consumer<?>) {
                            // makes a request with the builder, and comes again
                            return InvocationHandler.invokeDefault(proxy, method, arguments);
                        }
                        var answer = method.invoke(of.tables().client(), arguments);
                        if (arguments != null && arguments.length == 1) {
                            count(method.getName(), arguments[0], answer);
                        }
                        return answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        store = new Store(new Tables(client, of.tables().prefix(), of.tables().clock()));
    }

    Store store() {
        return store;
    }

    /// What `work` takes.
    Units of(Runnable work) {
        calls.reset();
        reads.reset();
        writes.reset();
        work.run();
        return new Units(calls.sum(), reads.sum(), writes.sum());
    }

    record Units(long calls, long reads, long writes) {}

    private void count(String call, Object request, Object answer) {
        calls.increment();
        switch (call) {
            case "getItem" -> reads.add(read(List.of(((GetItemResponse) answer).item())));
            case "query" -> reads.add(read(((QueryResponse) answer).items()));
            case "batchGetItem" -> {
                long asked = ((BatchGetItemRequest) request)
                        .requestItems().values().stream()
                                .mapToLong(keys -> keys.keys().size())
                                .sum();
                var found = ((BatchGetItemResponse) answer)
                        .responses().values().stream().flatMap(List::stream).toList();
                reads.add(asked - found.size());
                found.forEach(item -> reads.add(read(List.of(item))));
            }
            case "putItem" -> writes.add(write(((PutItemRequest) request).item()));
            case "updateItem", "deleteItem" -> writes.add(1);
            case "batchWriteItem" ->
                ((BatchWriteItemRequest) request)
                        .requestItems().values().stream()
                                .flatMap(List::stream)
                                .forEach(write -> writes.add(
                                        write.putRequest() == null
                                                ? 1
                                                : write(write.putRequest().item())));
            case "transactWriteItems" ->
                ((TransactWriteItemsRequest) request)
                        .transactItems()
                        .forEach(write -> writes.add(
                                write.put() == null ? 2 : 2 * write(write.put().item())));
            default -> throw new IllegalStateException("a call that is not metered: " + call);
        }
    }

    private static long read(List<Map<String, AttributeValue>> items) {
        return Math.max(1, Math.ceilDiv(items.stream().mapToLong(Metered::size).sum(), 4_096));
    }

    private static long write(Map<String, AttributeValue> item) {
        return Math.ceilDiv(size(item), 1_024);
    }

    private static long size(Map<String, AttributeValue> item) {
        return item.entrySet().stream()
                .mapToLong(entry -> length(entry.getKey()) + size(entry.getValue()))
                .sum();
    }

    private static long size(AttributeValue value) {
        return switch (value.type()) {
            case S -> length(value.s());
            case N -> value.n().length() / 2 + 2;
            case B -> value.b().asByteArrayUnsafe().length;
            case BOOL, NUL -> 1;
            case M -> 3 + value.m().size() + size(value.m());
            case L -> 3 + value.l().stream().mapToLong(each -> 1 + size(each)).sum();
            case SS, NS, BS, UNKNOWN_TO_SDK_VERSION -> throw new IllegalStateException("an attribute of another kind");
        };
    }

    private static long length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
