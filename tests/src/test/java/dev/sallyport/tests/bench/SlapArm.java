package dev.sallyport.tests.bench;

import dev.sallyport.tests.bed.Mysql;
import dev.sallyport.tests.bed.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// One way to a MariaDB of this machine, as its own clients see it.
///
/// @param tls whether the client speaks TLS to what listens there
record SlapArm(String name, int port, boolean tls) {

    /// Where the seconds stand in a line of `mysqlslap --csv`: engine, load, average, least, most, clients, queries.
    private static final int AVERAGE = 2;

    private static final int FIELDS = 7;

    /// Statements a second of `mysqlslap`, all clients together.
    ///
    /// @param file of statements, one after the other, each a line
    double slap(int clients, int queries, Path file) throws IOException, InterruptedException {
        var command = List.of(
                "mysqlslap",
                "--no-defaults",
                tls ? "--ssl" : "--skip-ssl",
                "--host=127.0.0.1",
                "--port=" + port,
                "--user=" + Mysql.USER,
                "--create-schema=" + Mysql.DATABASE,
                "--no-drop",
                "--silent",
                "--csv",
                "--delimiter=;",
                "--concurrency=" + clients,
                "--number-of-queries=" + queries,
                "--query=" + file);
        var ran = Run.of(command, Map.of("MYSQL_PWD", Mysql.PASSWORD)).now();
        var fields = ran.out().strip().split(",", -1);
        if (ran.status() != 0 || fields.length != FIELDS) {
            throw new IOException(name + ": " + ran);
        }
        return queries / Double.parseDouble(fields[AVERAGE]);
    }
}
