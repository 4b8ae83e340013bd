package dev.sallyport.inspect.postgres;

import dev.sallyport.core.secret.Secret;
import dev.sallyport.inspect.database.Judge;
import dev.sallyport.inspect.database.Masking;
import dev.sallyport.inspect.database.ServerLogin;
import dev.sallyport.inspect.database.TestingAgent;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Optional;

/// A port that leads to a PostgreSQL through [PostgresWire]s.
final class Through extends TestingAgent {

    Through(RealPostgres server, Judge judge, Masking masking, int piece) throws IOException {
        super(
                server.port(),
                new Settings(
                        () -> new PostgresWire(masking, new SecureRandom()),
                        judge,
                        Through::login,
                        RealPostgres.DATABASE,
                        piece));
    }

    private static ServerLogin login(Optional<String> database) {
        return new ServerLogin(
                RealPostgres.USER,
                Optional.of(Secret.of(RealPostgres.PASSWORD)),
                database,
                ServerLogin.Tls.DISABLE,
                false,
                "psql");
    }
}
