package dev.sallyport.inspect.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.inspect.sql.Corpus;
import dev.sallyport.inspect.sql.Reading;
import dev.sallyport.inspect.sql.SqlSettings;
import dev.sallyport.inspect.sql.SqlStatement;
import dev.sallyport.inspect.sql.mysql.MysqlGrammar;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What the grammar reads, a real MariaDB takes for the same: its parser accepts it, and the table that it then misses
/// is one that was told.
class RealGrammarTest {

    private static final int SYNTAX = 1064;
    private static final Pattern MISSED = Pattern.compile("(?:Table|Unknown table|Unknown SEQUENCE:|View) '([^']*)'");

    private static final MysqlGrammar GRAMMAR = new MysqlGrammar();

    /// What MySQL has and MariaDB has not.
    private static final Pattern MYSQL_ONLY = Pattern.compile(String.join(
            "|",
            "->",
            "member of",
            "\\btable (orders|old_log|customers)",
            "row\\(",
            "explain analyze",
            "as new on duplicate",
            "lateral",
            "for share",
            "ignore nulls",
            "lag\\(total, 1, 0",
            "cast\\(data as unsigned array",
            "null on empty",
            "delete from (shop\\.)?orders (as )?o\\b",
            "^with .* (delete|update) ",
            "^(alter instance|alter user x superuser|change replication|clone|import|install component|restart)",
            "tablespace t( |$)",
            "temporary view",
            "default role all",
            "^set persist",
            // an empty statement before it is one too many for PREPARE
            "^;"));

    @Test
    void whatIsReadTheServerParsesAndFindsTheSameTablesIn() throws Exception {
        var wrong = new ArrayList<String>();
        int told = 0;
        int parsed = 0;
        try (var connection = Maria.running().direct("")) {
            var version = connection.getMetaData();
            var settings = new SqlSettings(
                    List.of("shop"),
                    true,
                    false,
                    Optional.of(version.getDatabaseMajorVersion() * 10_000 + version.getDatabaseMinorVersion() * 100),
                    "mariadb ");
            for (var entry : entries()) {
                if (!(GRAMMAR.read(entry.text(), settings) instanceof Reading.Read(var statements))
                        || statements.size() != 1
                        || entry.text().contains("{")
                        || MYSQL_ONLY.matcher(entry.text()).find()) {
                    continue;
                }
                var failure = failure(connection, entry.text());
                if (failure.filter(each -> each.getErrorCode() == SYNTAX).isPresent()) {
                    wrong.add("not parsed: " + entry.text() + "\n    "
                            + failure.get().getMessage());
                    continue;
                }
                parsed++;
                var missed = failure.map(each -> MISSED.matcher(String.valueOf(each.getMessage())))
                        .filter(each -> each.find() && !each.group(1).contains("information_schema"));
                if (missed.isPresent()) {
                    told++;
                    if (!tells(statements.getFirst(), missed.get().group(1))) {
                        wrong.add(missed.get().group(1) + " is not told: " + entry.text());
                    }
                }
            }
        }
        assertThat(wrong).as(wrong.size() + " texts").isEmpty();
        assertThat(parsed).isGreaterThan(500);
        assertThat(told).isGreaterThan(300);
    }

    private static List<Corpus.Entry> entries() {
        return Stream.of("innocent.txt", "evasions.txt")
                .flatMap(file -> Corpus.read(MysqlGrammar.class, file).stream())
                .toList();
    }

    private static boolean tells(SqlStatement statement, String table) {
        return statement.tables().stream()
                .map(use -> use.table().toString().toLowerCase(Locale.ROOT))
                .anyMatch(name -> name.equals(table.toLowerCase(Locale.ROOT))
                        || name.endsWith("." + table.toLowerCase(Locale.ROOT)));
    }

    /// What the server says when it only prepares a text.
    private static Optional<SQLException> failure(Connection connection, String text) {
        try (var set = connection.prepareStatement("set @text = ?");
                var prepare = connection.createStatement()) {
            set.setString(1, text);
            set.execute();
            prepare.execute("prepare p from @text");
            return Optional.empty();
        } catch (SQLException e) {
            return Optional.of(e);
        }
    }
}
