package dev.sallyport.standalone.demo;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Objects;

/// A PostgreSQL on loopback with a shop's tables, to be reached through a connection of type `postgres`. It keeps its
/// data
/// in the instance's folder and ends with the instance.
final class DemoDatabase implements AutoCloseable {

    static final String USER = "app";
    static final String DATABASE = "shop";

    private static final Duration START = Duration.ofSeconds(60);

    private final EmbeddedPostgres server;

    private DemoDatabase(EmbeddedPostgres server) {
        this.server = server;
    }

    /// Starts it on `port` (0: a free one); at its first start it gets its account, whose password is written to a
    /// file.
    static DemoDatabase start(Path folder, Path passwordFile, int port) throws IOException {
        var data = folder.resolve("pg-demo");
        boolean first = !Files.exists(data.resolve("PG_VERSION"));
        var builder = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setPGStartupWait(START)
                .setServerConfig("password_encryption", "scram-sha-256");
        if (port != 0) {
            builder.setPort(port);
        }
        var database = new DemoDatabase(builder.start());
        try {
            if (first) {
                database.fill(data, passwordFile);
            }
            return database;
        } catch (SQLException | IOException e) {
            database.close();
            throw new IOException("the demo's database could not be filled: " + e.getMessage(), e);
        }
    }

    int port() {
        return server.getPort();
    }

    private void fill(Path data, Path passwordFile) throws SQLException, IOException {
        var random = new byte[16];
        new SecureRandom().nextBytes(random);
        var password = HexFormat.of().formatHex(random);
        try (var connection = server.getPostgresDatabase().getConnection()) {
            run(connection, "create role " + USER + " login password '" + password + "'");
            run(connection, "create database " + DATABASE + " owner " + USER);
        }
        try (var connection = server.getDatabase(USER, DATABASE).getConnection()) {
            run(connection, text());
        }
        var rules = data.resolve("pg_hba.conf");
        Files.writeString(rules, "host all " + USER + " 127.0.0.1/32 scram-sha-256\n" + Files.readString(rules));
        try (var connection = server.getPostgresDatabase().getConnection()) {
            run(connection, "select pg_reload_conf()");
        }
        Files.writeString(passwordFile, password);
        Files.setPosixFilePermissions(passwordFile, PosixFilePermissions.fromString("rw-------"));
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String text() throws IOException {
        try (var in = Objects.requireNonNull(DemoDatabase.class.getResourceAsStream("shop.sql"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
