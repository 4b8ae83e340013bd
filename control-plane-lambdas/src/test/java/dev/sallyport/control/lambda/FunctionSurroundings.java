package dev.sallyport.control.lambda;

import dev.sallyport.control.Bed;
import dev.sallyport.control.Filled;
import dev.sallyport.store.Store;
import dev.sallyport.store.Tables;
import dev.sallyport.store.aws.KmsStandIn;
import dev.sallyport.store.aws.S3StandIn;
import dev.sallyport.store.https.Authorities;
import dev.sallyport.store.kms.Kms;
import dev.sallyport.store.kms.KmsDataKeys;
import dev.sallyport.store.kms.KmsTenantSigners;
import dev.sallyport.store.s3.S3ChunkStore;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import software.amazon.dynamodb.services.local.main.ServerRunner;
import software.amazon.dynamodb.services.local.server.DynamoDBProxyServer;

/// What a function finds in AWS: the jars of its zip, and DynamoDB, KMS and S3 over HTTP, with a tenant in them.
final class FunctionSurroundings implements AutoCloseable {

    private static final String PREFIX = "zip.";

    private final Path task;
    private final List<Path> jars = new ArrayList<>();
    private final DynamoDBProxyServer dynamo;
    private final URI endpoint;
    private final KmsStandIn kms = new KmsStandIn().serving();
    private final S3StandIn s3 = new S3StandIn().serving();
    private long unpacked;
    final Bed bed;
    final Filled acme;

    /// @param task an empty folder
    FunctionSurroundings(Path zip, Path task) throws Exception {
        this.task = task;
        unpack(zip);
        int port;
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        var out = System.out;
        try {
            // it prints how it is set up, in the midst of what we say
            System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
            dynamo = ServerRunner.createServerFromCommandLineArgs(
                    new String[] {"-port", Integer.toString(port), "-inMemory", "-sharedDb", "-disableTelemetry"});
            dynamo.start();
        } finally {
            System.setOut(out);
        }
        endpoint = URI.create("http://127.0.0.1:" + port);
        var tables = Tables.local(endpoint, PREFIX, Clock.systemUTC());
        tables.prepare();
        var keys = new Kms(Authorities.AMAZON);
        bed = new Bed(
                Clock.systemUTC(),
                new Store(tables),
                new KmsTenantSigners(keys, "alias/sallyport/tenant/"),
                new S3ChunkStore("recordings", Authorities.AMAZON),
                new KmsDataKeys(keys, "alias/data"));
        acme = new Filled(bed, "acme");
    }

    private void unpack(Path zip) throws IOException {
        try (var file = new ZipFile(zip.toFile())) {
            for (var entry : file.stream().filter(one -> !one.isDirectory()).toList()) {
                var target = task.resolve(entry.getName());
                Files.createDirectories(target.getParent());
                unpacked += Files.copy(file.getInputStream(entry), target);
                jars.add(target);
            }
        }
        jars.sort(null);
    }

    /// The function's own jars.
    List<Path> jars() {
        return List.copyOf(jars);
    }

    /// Bytes of the zip, unpacked.
    long unpacked() {
        return unpacked;
    }

    /// Where the store is.
    URI store() {
        return endpoint;
    }

    /// The variables of a function whose store is there.
    Map<String, String> variables(URI store) {
        var variables = new HashMap<>(EnvironmentTest.WHOLE);
        variables.put("SALLYPORT_TABLES", PREFIX);
        variables.put("AWS_ENDPOINT_URL_DYNAMODB", store.toString());
        variables.put("AWS_ENDPOINT_URL_KMS", kms.uri().toString());
        variables.put("AWS_ENDPOINT_URL_S3", s3.uri().toString());
        return variables;
    }

    @Override
    public void close() throws IOException {
        kms.close();
        s3.close();
        try {
            dynamo.stop();
        } catch (Exception e) {
            throw new IOException("DynamoDB Local did not stop", e);
        }
    }
}
