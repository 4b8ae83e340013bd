package dev.sallyport.standalone.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

class LocalStoreTest {

    private static final Map<String, AttributeValue> KEY = Map.of("pk", AttributeValue.fromS("a"));

    @TempDir
    Path folder;

    @Test
    void aRestartKeepsEverything() {
        long t0 = System.nanoTime();
        try (var store = LocalStore.open(folder)) {
            createTable(store.client());
            System.out.println("open+create " + (System.nanoTime() - t0) / 1_000_000);
            for (int i = 0; i < 200; i++) { 
            store.client().putItem(put -> put.tableName("t").item(KEY)); }
            t0 = System.nanoTime();
            for (int i = 0; i < 200; i++) { 
            store.client().putItem(put -> put.tableName("t").item(KEY)); }
            System.out.println("200 puts " + (System.nanoTime() - t0) / 1_000_000);
        }
        try (var store = LocalStore.open(folder)) {
            assertThat(store.client().getItem(get -> get.tableName("t").key(KEY)).item()).isEqualTo(KEY);
        }
    }

    private static void createTable(DynamoDbClient client) {
        client.createTable(table -> table.tableName("t")
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .keySchema(KeySchemaElement.builder().attributeName("pk").keyType(KeyType.HASH).build())
                .attributeDefinitions(AttributeDefinition.builder()
                        .attributeName("pk")
                        .attributeType(ScalarAttributeType.S)
                        .build()));
    }
}
