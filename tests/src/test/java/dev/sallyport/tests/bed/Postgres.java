package dev.sallyport.tests.bed;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A real PostgreSQL on loopback, one for all tests of a JVM. Its superuser needs no password, the account `app` does
/// (SCRAM); the database is `shop`.
public final class Postgres {

    public static final String USER = "app";
    public static final String PASSWORD = "correct horse, battery: staple";
    public static final String DATABASE = "shop";

    private static final class Holder {
        private static final Postgres ONE = start();
    }

    private final EmbeddedPostgres server;

    private final String ca;

    private Postgres(EmbeddedPostgres server, String ca) {
        this.server = server;
        this.ca = ca;
    }

    /// The CA of its certificate (PEM), which is for 127.0.0.1.
    public String ca() {
        return ca;
    }

    public static Postgres shared() {
        return Holder.ONE;
    }

    private static Postgres start() {
        try {
            var data = Files.createTempDirectory("sallyport-postgres-");
            var certificates = DatabaseCertificates.make();
            var server = EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(true)
                    .setServerConfig("password_encryption", "scram-sha-256")
                    .setServerConfig("ssl", "on")
                    .setServerConfig(
                            "ssl_cert_file", certificates.resolve("server.crt").toString())
                    .setServerConfig(
                            "ssl_key_file", certificates.resolve("server.key").toString())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server)));
            var one = new Postgres(server, Files.readString(certificates.resolve("ca.crt")));
            one.as(
                    "postgres",
                    "create role " + USER + " login password '" + PASSWORD + "'",
                    "create database " + DATABASE + " owner " + USER);
            passwords(data);
            one.as("postgres", "select pg_reload_conf()");
            return one;
        } catch (IOException | SQLException e) {
            throw new IllegalStateException("no PostgreSQL could be started", e);
        }
    }

    private static void close(EmbeddedPostgres server) {
        try {
            server.close();
        } catch (IOException e) {
            throw new IllegalStateException("a PostgreSQL did not stop", e);
        }
    }

    private static void passwords(Path data) throws IOException {
        var rules = data.resolve("pg_hba.conf");
        var before = Files.readAllLines(rules);
        Files.writeString(
                rules, "host all " + USER + " 127.0.0.1/32 scram-sha-256\n" + String.join("\n", before) + "\n");
    }

    /// Runs statements as the superuser in a database, directly.
    public void as(String database, String... statements) throws SQLException {
        try (var connection = server.getDatabase("postgres", database).getConnection();
                var statement = connection.createStatement()) {
            for (var text : List.of(statements)) {
                statement.execute(text);
            }
        }
    }

    public int port() {
        return server.getPort();
    }

    /// Runs `psql` against a port of loopback.
    public static Ran psql(int port, String user, String password, String input, String... more)
            throws IOException, InterruptedException {
        var command =
                new ArrayList<>(List.of("psql", "-X", "-h", "127.0.0.1", "-p", Integer.toString(port), "-U", user));
        command.addAll(List.of(more));
        return Run.of(command, Map.of("PGPASSWORD", password, "PGCLIENTENCODING", "UTF8"))
                .input(input)
                .now();
    }
}
