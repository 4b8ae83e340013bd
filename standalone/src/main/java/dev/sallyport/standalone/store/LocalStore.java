package dev.sallyport.standalone.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.dynamodb.services.local.embedded.DynamoDBEmbedded;
import software.amazon.dynamodb.services.local.shared.access.AmazonDynamoDBLocal;

/// DynamoDB Local on files, inside this process, without HTTP: a restart keeps everything.
public final class LocalStore implements AutoCloseable {

    private final AmazonDynamoDBLocal database;

    private LocalStore(AmazonDynamoDBLocal database) {
        this.database = database;
    }

    /// Opens the database in `folder`, creating it when missing.
    public static LocalStore open(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("could not create " + folder, e);
        }
        return new LocalStore(DynamoDBEmbedded.create(folder.resolve("dynamodb.sqlite").toFile(), true));
    }

    public DynamoDbClient client() {
        return database.dynamoDbClient();
    }

    @Override
    public void close() {
        database.shutdown();
    }
}
