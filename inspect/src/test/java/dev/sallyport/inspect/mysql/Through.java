package dev.sallyport.inspect.mysql;

import dev.sallyport.core.secret.Secret;
import dev.sallyport.inspect.database.Judge;
import dev.sallyport.inspect.database.Masking;
import dev.sallyport.inspect.database.ServerLogin;
import dev.sallyport.inspect.database.TestingAgent;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Optional;

/// A port that leads to a MariaDB through [MysqlWire]s.
final class Through extends TestingAgent {

    record Settings(Judge judge, Masking masking, MysqlOptions options, String user, ServerLogin.Tls tls, int piece) {

        static final Settings PLAIN = new Settings(
                Readings.ALLOW, Masking.NONE, MysqlOptions.STRICT, Maria.NATIVE, ServerLogin.Tls.DISABLE, 65_536);

        Settings judge(Judge other) {
            return new Settings(other, masking, options, user, tls, piece);
        }

        Settings masking(Masking other) {
            return new Settings(judge, other, options, user, tls, piece);
        }

        Settings options(MysqlOptions other) {
            return new Settings(judge, masking, other, user, tls, piece);
        }

        Settings user(String other, ServerLogin.Tls how) {
            return new Settings(judge, masking, options, other, how, piece);
        }

        Settings piece(int bytes) {
            return new Settings(judge, masking, options, user, tls, bytes);
        }

        private TestingAgent.Settings ofAgent() {
            return new TestingAgent.Settings(
                    () -> new MysqlWire(masking, new SecureRandom(), options), judge, this::login, "shop", piece);
        }

        private ServerLogin login(Optional<String> database) {
            return new ServerLogin(
                    user, Optional.of(Secret.of(Maria.PASSWORD)), database, tls, false, "alice@example.com");
        }
    }

    Through(int server, Settings settings) throws IOException {
        super(server, settings.ofAgent());
    }
}
