package dev.sallyport.tests.bed;

import dev.sallyport.api.Connections.ConnectionWrite;
import dev.sallyport.api.Connections.Custom;
import dev.sallyport.api.Connections.Database;
import dev.sallyport.api.Connections.Tcp;
import dev.sallyport.api.Refused;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Connections that a test makes for itself, under names that nobody else has.
public final class NewConnections {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private NewConnections() {}

    /// As the demo's `bash`, but strict, and so quicker to stand still when its edge cannot see.
    public static String strictShell(Instance instance) throws IOException, Refused {
        var shell = new Custom(List.of("/bin/bash"), Laptop.demoAccount(), null, null, null, null, null);
        return make(instance, "strict", "custom", shell, null, true);
    }

    /// A TCP service on loopback.
    public static String tcp(Instance instance, int port) throws IOException, Refused {
        return make(instance, "tcp", "tcp", null, new Tcp("127.0.0.1", port), false);
    }

    /// The shared PostgreSQL's database, with the agent's account there.
    public static String postgres(Instance instance, Postgres server) throws IOException, Refused {
        return postgres(instance, server.port(), Postgres.PASSWORD);
    }

    /// A PostgreSQL at this port of loopback, with this password.
    public static String postgres(Instance instance, int port, String password) throws IOException, Refused {
        return postgres(
                instance,
                new Database(
                        "127.0.0.1",
                        port,
                        Postgres.USER,
                        "seal:" + password,
                        Postgres.DATABASE,
                        null,
                        "disable",
                        null,
                        null,
                        null,
                        "none"));
    }

    /// A PostgreSQL as it is said.
    public static String postgres(Instance instance, Database database) throws IOException, Refused {
        return database(instance, "postgres", database, null);
    }

    /// The shared MariaDB's database, with the agent's account there.
    public static String mysql(Instance instance, Mysql server) throws IOException, Refused {
        return mysql(instance, server.settings("none"));
    }

    /// A MySQL or MariaDB as it is said.
    public static String mysql(Instance instance, Database database) throws IOException, Refused {
        return database(instance, "mysql", null, database);
    }

    /// A PostgreSQL whose held statements these groups approve.
    public static String reviewed(Instance instance, Database database, List<String> approvers, long seconds)
            throws IOException, Refused {
        return reviewed(instance, "postgres", database, null, approvers, seconds);
    }

    /// A MySQL or MariaDB whose held statements these groups approve.
    public static String reviewedMysql(Instance instance, Database database, List<String> approvers, long seconds)
            throws IOException, Refused {
        return reviewed(instance, "mysql", null, database, approvers, seconds);
    }

    private static String reviewed(
            Instance instance,
            String type,
            @Nullable Database postgres,
            @Nullable Database mysql,
            List<String> approvers,
            long seconds)
            throws IOException, Refused {
        var name = "made-reviewed-" + NUMBER.incrementAndGet();
        var _ = instance.api()
                .createConnection(new ConnectionWrite(
                        name, "local", type, null, null, null, postgres, mysql, null, null, null, null, null, null,
                        null, null, approvers, seconds));
        return name;
    }

    private static String database(
            Instance instance, String type, @Nullable Database postgres, @Nullable Database mysql)
            throws IOException, Refused {
        var name = "made-" + type + "-" + NUMBER.incrementAndGet();
        var _ = instance.api()
                .createConnection(new ConnectionWrite(
                        name, "local", type, null, null, null, postgres, mysql, null, null, null, null, null, null,
                        null, null));
        return name;
    }

    private static String make(
            Instance instance, String kind, String type, @Nullable Custom custom, @Nullable Tcp tcp, boolean strict)
            throws IOException, Refused {
        var name = "made-" + kind + "-" + NUMBER.incrementAndGet();
        var _ = instance.api()
                .createConnection(new ConnectionWrite(
                        name, "local", type, custom, null, tcp, null, null, strict, null, null, null, null));
        return name;
    }
}
