package dev.sallyport.standalone.store;

import dev.sallyport.standalone.ports.FreePorts;
import dev.sallyport.store.StoreUnavailable;
import dev.sallyport.store.Tables;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.dynamodb.services.local.embedded.DynamoDBEmbedded;
import software.amazon.dynamodb.services.local.main.ServerRunner;
import software.amazon.dynamodb.services.local.server.DynamoDBProxyServer;
import software.amazon.dynamodb.services.local.shared.access.AmazonDynamoDBLocal;

/// DynamoDB Local on files: in this process, or on loopback for the other processes of an instance. A restart
/// keeps everything.
public final class LocalStore implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LocalStore.class);
    private static final String PREFIX = "sallyport.";

    /// How long a start waits for the first answer, besides that of a call.
    private static final Duration STARTS = Duration.ofSeconds(60);

    /// What DynamoDB Local calls the file of a database that it serves; the same here whoever opens it.
    private static final String FILE = "shared-local-instance.db";

    private final @Nullable AmazonDynamoDBLocal embedded;
    private final @Nullable DynamoDBProxyServer server;
    private final URI endpoint;

    private LocalStore(@Nullable AmazonDynamoDBLocal embedded, @Nullable DynamoDBProxyServer server, URI endpoint) {
        this.embedded = embedded;
        this.server = server;
        this.endpoint = endpoint;
    }

    /// Opens the database in `folder`, creating it when missing; only this process can use it.
    public static LocalStore embedded(Path folder) throws IOException {
        Files.createDirectories(folder);
        rename(folder);
        return new LocalStore(DynamoDBEmbedded.create(folder.resolve(FILE).toFile(), true), null, URI.create(""));
    }

    /// Opens the database in `folder`, and serves it on a free port of loopback, whose address is written to
    /// `address`.
    public static LocalStore serving(Path folder, Path address) throws IOException {
        Files.createDirectories(folder);
        rename(folder);
        int port = FreePorts.next();
        var out = System.out;
        try {
            // it prints how it is set up, in the midst of what we say
            System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
            var server = ServerRunner.createServerFromCommandLineArgs(new String[] {
                "-port", Integer.toString(port), "-dbPath", folder.toString(), "-sharedDb", "-disableTelemetry"
            });
            server.start();
            var endpoint = URI.create("http://127.0.0.1:" + port);
            Files.writeString(address, endpoint.toString());
            return new LocalStore(null, server, endpoint);
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("DynamoDB Local could not be started", e);
        } finally {
            System.setOut(out);
        }
    }

    /// A database of before: it had another name.
    private static void rename(Path folder) throws IOException {
        for (var end : List.of("-wal", "-shm", "-journal", "")) {
            var former = folder.resolve("sallyport.sqlite" + end);
            if (Files.exists(former) && Files.notExists(folder.resolve(FILE))) {
                Files.move(former, folder.resolve(FILE + end));
            }
        }
    }

    /// Uses the database that another process serves.
    public static LocalStore of(Path address) throws IOException {
        return new LocalStore(null, null, URI.create(Files.readString(address)));
    }

    /// The tables: made when missing by whoever has the database, awaited by whoever only uses it.
    public Tables tables(Clock clock) {
        var tables = embedded != null
                ? new Tables(embedded.dynamoDbClient(), PREFIX, clock)
                : Tables.local(endpoint, PREFIX, clock);
        awaitPrepared(embedded != null || server != null ? tables::prepare : tables::check);
        return tables;
    }

    /// A database that was started just now may need longer for its first answer than a call may take.
    private static void awaitPrepared(Runnable preparation) {
        long until = System.nanoTime() + STARTS.toNanos();
        while (true) {
            try {
                preparation.run();
                return;
            } catch (StoreUnavailable e) {
                if (System.nanoTime() > until) {
                    throw e;
                }
                LOG.warn("the store does not answer yet", e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (embedded != null) {
            embedded.shutdown();
        }
        if (server != null) {
            try {
                server.stop();
            } catch (Exception e) {
                throw new IOException("DynamoDB Local did not stop", e);
            }
        }
    }
}
