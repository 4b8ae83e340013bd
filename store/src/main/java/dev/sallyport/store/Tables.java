package dev.sallyport.store;

import dev.sallyport.store.https.Authorities;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.Select;
import software.amazon.awssdk.services.dynamodb.model.TransactionConflictException;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/// The two tables, and the few ways in which items are read and written one by one. What must hold together is
/// written by a [Transaction].
///
/// Every read is strongly consistent: decisions hang on most of them, and a list that lags its own change
/// confuses people. Expired items are not seen. Any failure of the store is a [StoreUnavailable] that says what
/// was being done.
public final class Tables implements AutoCloseable {

    /// Version of the store that this program writes.
    static final long SCHEMA = 1;

    /// Most items that one list reads.
    static final int LONGEST_LIST = 10_000;

    /// Most keys in one batch read.
    private static final int LARGEST_BATCH = 100;

    /// Most items in one batch of writes.
    static final int LARGEST_WRITE = 25;

    private static final int BATCH_ATTEMPTS = 5;
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(4);

    private final DynamoDbClient client;
    private final String prefix;
    private final Clock clock;

    /// @param prefix of the tables' names, so that several instances share an account
    public Tables(DynamoDbClient client, String prefix, Clock clock) {
        if (!prefix.matches("[A-Za-z0-9_.-]{0,100}")) {
            throw new IllegalArgumentException("a prefix of tables has at most 100 letters, digits, '_', '.' and '-'");
        }
        this.client = client;
        this.prefix = prefix;
        this.clock = clock;
    }

    /// Tables at `endpoint` (DynamoDB Local), with credentials that mean nothing there.
    public static Tables local(URI endpoint, String prefix, Clock clock) {
        return new Tables(
                DynamoDbClient.builder()
                        .endpointOverride(endpoint)
                        .region(Region.EU_CENTRAL_1)
                        .credentialsProvider(
                                StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
                        .httpClientBuilder(UrlConnectionHttpClient.builder())
                        .overrideConfiguration(settings ->
                                settings.apiCallTimeout(CALL_TIMEOUT).apiCallAttemptTimeout(ATTEMPT_TIMEOUT))
                        .build(),
                prefix,
                clock);
    }

    /// Tables of the account and region that the environment names.
    ///
    /// @param authorities who is believed to be DynamoDB
    public static Tables aws(String prefix, Authorities authorities, Clock clock) {
        return new Tables(
                DynamoDbClient.builder()
                        .httpClientBuilder(authorities.client())
                        .overrideConfiguration(settings ->
                                settings.apiCallTimeout(CALL_TIMEOUT).apiCallAttemptTimeout(ATTEMPT_TIMEOUT))
                        .build(),
                prefix,
                clock);
    }

    /// Makes what is missing, and checks that the store is not newer than the program. Idempotent.
    ///
    /// @throws StoreTooNew when it is
    public void prepare() {
        for (var table : Table.values()) {
            create(table);
        }
        var schema = Directory.schema().number("schema", SCHEMA);
        put(Table.CONFIG, schema, Condition.absent());
        check();
    }

    /// Checks that the store is there, and not newer than the program. For programs that may not make tables.
    ///
    /// @throws StoreTooNew when it is
    public void check() {
        var key = Directory.schema();
        long found = get(Table.CONFIG, key.partition(), key.sort())
                .orElseThrow(() -> new StoreUnavailable("the store was never prepared: it has no version"))
                .number("schema");
        if (found > SCHEMA) {
            throw new StoreTooNew(found, SCHEMA);
        }
    }

    @Override
    public void close() {
        client.close();
    }

    Clock clock() {
        return clock;
    }

    DynamoDbClient client() {
        return client;
    }

    String prefix() {
        return prefix;
    }

    String name(Table table) {
        return prefix
                + switch (table) {
                    case CONFIG -> "config";
                    case LIVE -> "live";
                };
    }

    Optional<Item> get(Table table, String partition, String sort) {
        var found = call(
                "read " + sort,
                () -> client.getItem(request ->
                        request.tableName(name(table)).key(key(partition, sort)).consistentRead(true)));
        return found.hasItem() ? Optional.of(Item.read(found.item())).filter(this::counts) : Optional.empty();
    }

    /// The items of the keys that are there, in no order, all from one call of at most [#LARGEST_BATCH] keys
    /// where they fit.
    List<Item> getAll(Table table, Collection<Item> keys) {
        var found = new ArrayList<Item>();
        var wanted = new ArrayList<>(keys);
        for (int from = 0; from < wanted.size(); from += LARGEST_BATCH) {
            var part = wanted.subList(from, Math.min(from + LARGEST_BATCH, wanted.size()));
            var rest = Map.of(
                    name(table),
                    KeysAndAttributes.builder()
                            .keys(part.stream()
                                    .map(item -> key(item.partition(), item.sort()))
                                    .toList())
                            .consistentRead(true)
                            .build());
            for (int attempt = 1; !rest.isEmpty(); attempt++) {
                if (attempt > BATCH_ATTEMPTS) {
                    throw new StoreUnavailable("could not read " + part.size() + " items: the store is overloaded");
                }
                if (attempt > 1) {
                    pause(attempt);
                }
                var asked = rest;
                var answer = call("read a batch", () -> client.batchGetItem(request -> request.requestItems(asked)));
                answer.responses()
                        .getOrDefault(name(table), List.of())
                        .forEach(attributes -> found.add(Item.read(attributes)));
                rest = answer.hasUnprocessedKeys() ? answer.unprocessedKeys() : Map.of();
            }
        }
        return found.stream().filter(this::counts).toList();
    }

    /// Writes items that hang on nothing and on which nothing hangs, in no order; some may be written when it fails.
    void putAll(Table table, List<Item> items) {
        writeAll(
                table,
                items.stream()
                        .map(item -> WriteRequest.builder()
                                .putRequest(put -> put.item(item.attributes()))
                                .build())
                        .toList());
    }

    /// Deletes items by their keys, in no order; some may be gone when it fails.
    void deleteAll(Table table, List<Item> keys) {
        writeAll(
                table,
                keys.stream()
                        .map(item -> WriteRequest.builder()
                                .deleteRequest(delete -> delete.key(key(item.partition(), item.sort())))
                                .build())
                        .toList());
    }

    private void writeAll(Table table, List<WriteRequest> writes) {
        for (int from = 0; from < writes.size(); from += LARGEST_WRITE) {
            var part = writes.subList(from, Math.min(from + LARGEST_WRITE, writes.size()));
            var rest = Map.of(name(table), part);
            for (int attempt = 1; !rest.isEmpty(); attempt++) {
                if (attempt > BATCH_ATTEMPTS) {
                    throw new StoreUnavailable("could not write " + part.size() + " items: the store is overloaded");
                }
                if (attempt > 1) {
                    pause(attempt);
                }
                var asked = rest;
                var answer = call("write a batch", () -> client.batchWriteItem(request -> request.requestItems(asked)));
                rest = answer.hasUnprocessedItems() ? answer.unprocessedItems() : Map.of();
            }
        }
    }

    /// All items of the partition whose sort key starts with `head`, ascending.
    List<Item> list(Table table, String partition, String head) {
        var items = new ArrayList<Item>();
        Map<String, AttributeValue> from = Map.of();
        do {
            var start = from;
            var answer = call("list " + head, () -> client.query(query(table, partition, head, start, false, 0)));
            answer.items().forEach(attributes -> items.add(Item.read(attributes)));
            from = answer.hasLastEvaluatedKey() ? answer.lastEvaluatedKey() : Map.of();
            if (items.size() > LONGEST_LIST) {
                throw new StoreUnavailable("the list of " + head + " has more than " + LONGEST_LIST + " entries");
            }
        } while (!from.isEmpty());
        return items.stream().filter(this::counts).toList();
    }

    /// How many items of the partition have a sort key that starts with `head`.
    int count(Table table, String partition, String head) {
        int count = 0;
        Map<String, AttributeValue> from = Map.of();
        do {
            var start = from;
            var request = query(table, partition, head, start, false, 0).toBuilder()
                    .select(Select.COUNT)
                    .build();
            var answer = call("count " + head, () -> client.query(request));
            count += answer.count();
            from = answer.hasLastEvaluatedKey() ? answer.lastEvaluatedKey() : Map.of();
        } while (!from.isEmpty());
        return count;
    }

    /// At most `limit` items of the partition whose sort key starts with `head`, after `after` (empty: from the
    /// start), ascending or `descending`. Expired items are left out, so a short answer need not be the end.
    Page<Item> page(Table table, String partition, String head, Optional<String> after, boolean descending, int limit) {
        Map<String, AttributeValue> start =
                after.map(sort -> key(partition, sort)).orElse(Map.of());
        var answer = call("list " + head, () -> client.query(query(table, partition, head, start, descending, limit)));
        var items = answer.items().stream().map(Item::read).filter(this::counts).toList();
        return new Page<>(
                items,
                answer.hasLastEvaluatedKey()
                        ? Optional.of(Item.read(answer.lastEvaluatedKey()).sort())
                        : Optional.empty());
    }

    /// Items of the partition whose sort key is between the two, inclusive, ascending or `descending`, at most
    /// `limit`.
    List<Item> between(Table table, String partition, String lowest, String highest, boolean descending, int limit) {
        var items = new ArrayList<Item>();
        // DynamoDB takes it for an error, for us it is an interval with nothing in it.
        if (lowest.compareTo(highest) > 0) {
            return items;
        }
        Map<String, AttributeValue> from = Map.of();
        do {
            var start = from;
            var answer = call(
                    "list " + partition,
                    () -> client.query(request -> request.tableName(name(table))
                            .consistentRead(true)
                            .keyConditionExpression("pk = :pk AND sk BETWEEN :lowest AND :highest")
                            .expressionAttributeValues(Map.of(
                                    ":pk",
                                    AttributeValue.fromS(partition),
                                    ":lowest",
                                    AttributeValue.fromS(lowest),
                                    ":highest",
                                    AttributeValue.fromS(highest)))
                            .scanIndexForward(!descending)
                            .limit(limit - items.size())
                            .exclusiveStartKey(start.isEmpty() ? null : start)));
            answer.items().forEach(attributes -> items.add(Item.read(attributes)));
            from = answer.hasLastEvaluatedKey() ? answer.lastEvaluatedKey() : Map.of();
        } while (!from.isEmpty() && items.size() < limit);
        return items.stream().filter(this::counts).toList();
    }

    /// One read of [#between]. The cursor is the sort key that was read last: from it on (inclusive), there may be
    /// more.
    Page<Item> stretch(Table table, String partition, String lowest, String highest, boolean descending, int limit) {
        if (lowest.compareTo(highest) > 0) {
            return new Page<>(List.of(), Optional.empty());
        }
        var answer = call(
                "list " + partition,
                () -> client.query(request -> request.tableName(name(table))
                        .consistentRead(true)
                        .keyConditionExpression("pk = :pk AND sk BETWEEN :lowest AND :highest")
                        .expressionAttributeValues(Map.of(
                                ":pk",
                                AttributeValue.fromS(partition),
                                ":lowest",
                                AttributeValue.fromS(lowest),
                                ":highest",
                                AttributeValue.fromS(highest)))
                        .scanIndexForward(!descending)
                        .limit(limit)));
        return new Page<>(
                answer.items().stream().map(Item::read).filter(this::counts).toList(),
                answer.hasLastEvaluatedKey()
                        ? Optional.of(Item.read(answer.lastEvaluatedKey()).sort())
                        : Optional.empty());
    }

    /// Whether the item was written: `false` when the condition did not hold.
    boolean put(Table table, Item item, Condition condition) {
        return conditional(
                "write " + item,
                () -> client.putItem(request -> {
                    request.tableName(name(table)).item(item.attributes()).conditionExpression(condition.expression());
                    if (!condition.values().isEmpty()) {
                        request.expressionAttributeValues(condition.values());
                    }
                    if (!condition.names().isEmpty()) {
                        request.expressionAttributeNames(condition.names());
                    }
                }));
    }

    /// Whether the condition held; then the item is gone.
    boolean delete(Table table, String partition, String sort, Condition condition) {
        return conditional(
                "delete " + sort,
                () -> client.deleteItem(request -> {
                    request.tableName(name(table))
                            .key(key(partition, sort))
                            .conditionExpression(condition.expression());
                    if (!condition.values().isEmpty()) {
                        request.expressionAttributeValues(condition.values());
                    }
                    if (!condition.names().isEmpty()) {
                        request.expressionAttributeNames(condition.names());
                    }
                }));
    }

    /// Adds one to a counter and returns it; empty when there is no such item.
    Optional<Long> increment(Table table, String partition, String sort, String counter) {
        try {
            var answer = call(
                    "write " + sort,
                    () -> client.updateItem(request -> request.tableName(name(table))
                            .key(key(partition, sort))
                            .updateExpression("ADD #counter :one")
                            .conditionExpression("attribute_exists(pk)")
                            .expressionAttributeNames(Map.of("#counter", counter))
                            .expressionAttributeValues(Map.of(":one", AttributeValue.fromN("1")))
                            .returnValues("UPDATED_NEW")));
            return Optional.of(Item.read(answer.attributes()).number(counter));
        } catch (ConditionalCheckFailedException e) {
            return Optional.empty();
        }
    }

    /// Whether the condition held; then the item has so much more of `name`.
    boolean add(Table table, String partition, String sort, String name, long more, Condition condition) {
        return conditional(
                "write " + sort,
                () -> client.updateItem(request -> request.tableName(name(table))
                        .key(key(partition, sort))
                        .updateExpression("ADD #added :added")
                        .conditionExpression(condition.expression())
                        .expressionAttributeNames(condition.namesAnd(Map.of("#added", name)))
                        .expressionAttributeValues(
                                condition.valuesAnd(Map.of(":added", AttributeValue.fromN(Long.toString(more)))))));
    }

    /// Sets one number of an item that is there.
    void set(Table table, String partition, String sort, String name, String number) {
        conditional(
                "write " + sort,
                () -> client.updateItem(request -> request.tableName(name(table))
                        .key(key(partition, sort))
                        .updateExpression("SET #name = :value")
                        .conditionExpression("attribute_exists(pk)")
                        .expressionAttributeNames(Map.of("#name", name))
                        .expressionAttributeValues(Map.of(":value", AttributeValue.fromN(number)))));
    }

    static Map<String, AttributeValue> key(String partition, String sort) {
        return Map.of(Item.PARTITION, AttributeValue.fromS(partition), Item.SORT, AttributeValue.fromS(sort));
    }

    /// Waits before the attempt `attempt` (from 2 on): doubling, with jitter, at most half a second.
    static void pause(int attempt) {
        long longest = Math.min(500, 10L << Math.min(attempt, 6));
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(longest / 2, longest));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailable("interrupted while the store was being asked again", e);
        }
    }

    <T> T call(String what, Supplier<T> call) {
        try {
            return StoreCall.timed(what, call);
        } catch (ConditionalCheckFailedException
                | software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException
                | ResourceInUseException
                | ResourceNotFoundException e) {
            throw e;
        } catch (SdkException e) {
            throw new StoreUnavailable("could not " + what + ": the store did not answer as it should", e);
        }
    }

    /// A lone write may meet a transaction on its item; that passes within milliseconds.
    private boolean conditional(String what, Supplier<?> call) {
        for (int attempt = 1; ; attempt++) {
            try {
                StoreCall.timed(what, call);
                return true;
            } catch (ConditionalCheckFailedException e) {
                return false;
            } catch (TransactionConflictException e) {
                if (attempt == Transaction.ATTEMPTS) {
                    throw new StoreUnavailable("could not " + what + ": too many others write it", e);
                }
                pause(attempt + 1);
            } catch (SdkException e) {
                throw new StoreUnavailable("could not " + what + ": the store did not answer as it should", e);
            }
        }
    }

    private boolean counts(Item item) {
        return !item.expired(clock.instant());
    }

    private QueryRequest query(
            Table table,
            String partition,
            String head,
            Map<String, AttributeValue> start,
            boolean descending,
            int limit) {
        var values = new HashMap<String, AttributeValue>();
        values.put(":pk", AttributeValue.fromS(partition));
        if (!head.isEmpty()) {
            values.put(":head", AttributeValue.fromS(head));
        }
        var request = QueryRequest.builder()
                .tableName(name(table))
                .consistentRead(true)
                .keyConditionExpression(head.isEmpty() ? "pk = :pk" : "pk = :pk AND begins_with(sk, :head)")
                .expressionAttributeValues(values)
                .scanIndexForward(!descending);
        if (!start.isEmpty()) {
            request.exclusiveStartKey(start);
        }
        if (limit > 0) {
            request.limit(limit);
        }
        return request.build();
    }

    private void create(Table table) {
        try {
            call(
                    "look at the table " + name(table),
                    () -> client.describeTable(request -> request.tableName(name(table))));
            return;
        } catch (ResourceNotFoundException absent) {
            // made below
        }
        try {
            call(
                    "make the table " + name(table),
                    () -> client.createTable(request -> request.tableName(name(table))
                            .billingMode(BillingMode.PAY_PER_REQUEST)
                            .attributeDefinitions(attribute(Item.PARTITION), attribute(Item.SORT))
                            .keySchema(
                                    KeySchemaElement.builder()
                                            .attributeName(Item.PARTITION)
                                            .keyType(KeyType.HASH)
                                            .build(),
                                    KeySchemaElement.builder()
                                            .attributeName(Item.SORT)
                                            .keyType(KeyType.RANGE)
                                            .build())));
        } catch (ResourceInUseException made) {
            // by another program, just now
        }
        call(
                "wait for the table " + name(table),
                () -> client.waiter().waitUntilTableExists(request -> request.tableName(name(table))));
        call(
                "set the time to live of " + name(table),
                () -> client.updateTimeToLive(request -> request.tableName(name(table))
                        .timeToLiveSpecification(
                                ttl -> ttl.attributeName(Item.EXPIRES).enabled(true))));
    }

    private static AttributeDefinition attribute(String name) {
        return AttributeDefinition.builder()
                .attributeName(name)
                .attributeType(ScalarAttributeType.S)
                .build();
    }
}
