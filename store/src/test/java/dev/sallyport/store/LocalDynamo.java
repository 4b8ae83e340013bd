package dev.sallyport.store;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.dynamodb.services.local.embedded.DynamoDBEmbedded;

/// DynamoDB Local in memory, in this process, started once. Each store has tables of its own.
public final class LocalDynamo {

    private static final AtomicInteger STORES = new AtomicInteger();

    private LocalDynamo() {}

    /// A new, empty store on the system's clock.
    public static Store store() {
        return store(Clock.systemUTC());
    }

    /// A new, empty store on this clock.
    public static Store store(Clock clock) {
        return new Store(tables(clock));
    }

    /// The same tables again, for another process as it were, which says before each of its calls what it is
    /// about to do (`batchGetItem`, `transactWriteItems`, …): the listener may take its time, or throw what the
    /// call is to fail with.
    public static Store again(Store store, Consumer<String> beforeCall) {
        var client = (DynamoDbClient) Proxy.newProxyInstance(
                LocalDynamo.class.getClassLoader(),
                new Class<?>[] {DynamoDbClient.class},
                (proxy, method, arguments) -> {
                    if (method.getReturnType() != void.class
                            && !method.getName().equals("serviceClientConfiguration")) {
                        beforeCall.accept(method.getName());
                    }
                    try {
                        return method.invoke(store.tables().client(), arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        return new Store(
                new Tables(client, store.tables().prefix(), store.tables().clock()));
    }

    /// A new, empty store that shows each request before it is made.
    public static Store watched(Clock clock, Consumer<Object> requests) {
        var tables = tables(clock);
        var client = (DynamoDbClient) Proxy.newProxyInstance(
                LocalDynamo.class.getClassLoader(),
                new Class<?>[] {DynamoDbClient.class},
                (proxy, method, arguments) -> {
                    try {
                        if (arguments != null && arguments.length == 1 && arguments[0] instanceof Consumer<?>) {
                            // makes a request with the builder, and comes again
                            return InvocationHandler.invokeDefault(proxy, method, arguments);
                        }
                        if (arguments != null && arguments.length == 1 && arguments[0] instanceof DynamoDbRequest) {
                            requests.accept(arguments[0]);
                        }
                        return method.invoke(tables.client(), arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        return new Store(new Tables(client, tables.prefix(), clock));
    }

    /// New, empty tables.
    public static Tables tables(Clock clock) {
        var tables = unprepared(clock);
        tables.prepare();
        return tables;
    }

    /// Names of tables that are not there yet.
    static Tables unprepared(Clock clock) {
        return new Tables(client(), "t" + STORES.incrementAndGet() + ".", clock);
    }

    static DynamoDbClient client() {
        return Running.CLIENT;
    }

    /// Loaded, and so started, with the first store.
    private static final class Running {
        private static final DynamoDbClient CLIENT =
                DynamoDBEmbedded.create(true).dynamoDbClient();
    }
}
