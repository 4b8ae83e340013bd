package dev.sallyport.inspect.guardrails;

import dev.sallyport.core.connection.DatabaseProtocol;
import dev.sallyport.inspect.sql.Grammar;
import dev.sallyport.inspect.sql.mysql.MysqlGrammar;
import dev.sallyport.inspect.sql.postgres.PostgresGrammar;
import java.util.Map;
import java.util.Optional;

/// The grammars that there are: a protocol without one is judged nowhere.
public final class Grammars {

    private final Map<DatabaseProtocol, Grammar> byProtocol =
            Map.of(DatabaseProtocol.POSTGRES, new PostgresGrammar(), DatabaseProtocol.MYSQL, new MysqlGrammar());

    public Optional<Grammar> of(DatabaseProtocol protocol) {
        return Optional.ofNullable(byProtocol.get(protocol));
    }
}
