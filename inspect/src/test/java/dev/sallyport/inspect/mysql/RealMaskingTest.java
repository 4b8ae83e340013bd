package dev.sallyport.inspect.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.policy.Operation;
import dev.sallyport.core.policy.Verdict;
import dev.sallyport.inspect.database.Column;
import dev.sallyport.inspect.database.Column.ValueType;
import dev.sallyport.inspect.database.Judged;
import dev.sallyport.inspect.sql.Reading;
import dev.sallyport.inspect.sql.ResultColumn;
import dev.sallyport.inspect.sql.SqlName;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Masked values of every type, as drivers read them in text and binary form from a real MariaDB.
class RealMaskingTest {

    private static final String MARIADB = "jdbc:mariadb://127.0.0.1:%d/shop?sslMode=disable&allowMultiQueries=true";
    private static final String MYSQL = "jdbc:mysql://127.0.0.1:%d/shop?sslMode=DISABLED&allowMultiQueries=true";

    private static final String TYPES = "m_tiny tinyint, m_small smallint unsigned, m_medium mediumint, m_int int,"
            + " m_big bigint unsigned, m_float float, m_double double, m_decimal decimal(20,4), m_date date,"
            + " m_datetime datetime, m_micro datetime(6), m_stamp timestamp null, m_time time(6), m_year year,"
            + " m_char char(40), m_varchar varchar(200), m_text mediumtext, m_binary varbinary(100), m_blob longblob,"
            + " m_enum enum('first','[5é]'), mn_int int, mn_text text, mn_date date, mn_json json, mn_bit bit(9),"
            + " mn_point point, m_null int, plain varchar(50)";
    private static final String VALUES = "-100, 60000, -8000000, 123456789, 18446744073709551615, 3.25, -1e300,"
            + " 4111111111111111.0000, '1999-12-31', '1999-12-31 23:59:59', '1999-12-31 23:59:59.123456',"
            + " '2020-02-29 12:00:00', '-838:59:58.999999', 2026, 'character', 'variable ä', repeat('long', 70000),"
            + " x'00010203', repeat(x'ff', 300), 'first', 7, 'gone', '2020-01-01', '[1,2]', b'101010101',"
            + " point(1,2), null, 'as it is'";

    @BeforeAll
    static void fill() throws SQLException {
        try (var direct = Maria.running().direct("")) {
            for (var text : List.of(
                    "create or replace table marked (" + TYPES + ") charset utf8mb4",
                    "insert into marked values (" + VALUES + ")",
                    "create or replace table few (id int, m varchar(40), note varchar(40)) charset utf8mb4",
                    "insert into few values (1,'keep me','a'), (2,'change me','b'), (3,null,'c'), (4,'keep','d')")) {
                try (var statement = direct.createStatement()) {
                    statement.execute(text);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                MARIADB,
                MARIADB + "&useServerPrepStmts=true",
                MYSQL,
                MYSQL + "&useServerPrepStmts=true",
                MYSQL + "&useServerPrepStmts=true&useCursorFetch=true&defaultFetchSize=1"
            })
    void everyTypeIsReadBack(String url) throws Exception {
        var maria = Maria.running();
        for (int piece : new int[] {65_536, 5}) {
            var marks = new Marks();
            try (var through = new Through(
                            maria.port, Through.Settings.PLAIN.masking(marks).piece(piece));
                    var connection = RealClientsTest.open(url, through.port());
                    var statement = connection.prepareStatement("select * from marked where 1 = ?")) {
                statement.setInt(1, 1);
                try (var row = statement.executeQuery()) {
                    assertThat(row.next()).isTrue();
                    for (var integer : List.of("m_tiny", "m_small", "m_medium", "m_int", "m_big")) {
                        assertThat(row.getInt(integer)).as(integer).isEqualTo(42);
                    }
                    assertThat(row.getFloat("m_float")).isEqualTo(1.5f);
                    assertThat(row.getDouble("m_double")).isEqualTo(1.5);
                    assertThat(row.getBigDecimal("m_decimal")).isEqualByComparingTo("1.5");
                    assertThat(row.getString("m_date")).isEqualTo("2001-02-03");
                    for (var moment : List.of("m_datetime", "m_micro", "m_stamp")) {
                        assertThat(row.getString(moment)).as(moment).startsWith("2001-02-03 04:05:06");
                    }
                    assertThat(row.getString("m_time")).startsWith("11:22:33");
                    assertThat(row.getInt("m_year")).isEqualTo(42);
                    assertThat(row.getString("m_char")).isEqualTo("[9é]");
                    assertThat(row.getString("m_varchar")).isEqualTo("[10é]");
                    assertThat(row.getString("m_text")).isEqualTo("[280000é]");
                    assertThat(row.getString("m_enum")).isEqualTo("[5é]");
                    assertThat(new String(row.getBytes("m_binary"), StandardCharsets.US_ASCII))
                            .isEqualTo("hidden");
                    assertThat(new String(row.getBytes("m_blob"), StandardCharsets.US_ASCII))
                            .isEqualTo("hidden");
                    for (var none : List.of("mn_int", "mn_text", "mn_date", "mn_json", "mn_bit", "m_null")) {
                        assertThat(row.getString(none)).as(none).isNull();
                    }
                    assertThat(row.getBytes("mn_point")).isNull();
                    assertThat(row.getString("plain")).isEqualTo("as it is");
                    assertThat(row.next()).isFalse();
                }
                through.check();
            }
            assertThat(marks.columns)
                    .contains(new Column(
                            "m_decimal",
                            Optional.of(SqlName.of("shop", "marked")),
                            Optional.of("m_decimal"),
                            ValueType.NUMBER));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {MARIADB, MARIADB + "&useServerPrepStmts=true", MYSQL, MYSQL + "&useServerPrepStmts=true"})
    void rowsInWhichNothingIsMaskedStay(String url) throws Exception {
        var maria = Maria.running();
        try (var through = new Through(maria.port, Through.Settings.PLAIN.masking(new Marks()));
                var connection = RealClientsTest.open(url, through.port())) {
            assertThat(new Printed()
                            .prepare(connection, "select * from few order by id")
                            .toString())
                    .isEqualTo("id|m|note|\n1|keep me|a|\n2|[9é]|b|\n3|null|c|\n4|keep|d|\n");
            await().until(() -> through.answered.getLast().masked().equals(Map.of("mark", 1L)));
            assertThat(through.answered.getLast().rows()).isEqualTo(4);
            through.check();
        }
    }

    @Test
    void textsAreLookedAtInTheirOwnCharacterSet() throws Exception {
        var maria = Maria.running();
        try (var through = new Through(maria.port, Through.Settings.PLAIN.masking(new Marks()));
                var connection = RealClientsTest.open(MYSQL, through.port());
                var statement = connection.createStatement()) {
            for (var set : List.of("latin1", "utf16", "utf32", "cp1251", "sjis", "utf8mb3", "binary", "NULL")) {
                statement.execute("set character_set_results = " + set);
                try (var row = statement.executeQuery("select convert('keep äé' using latin1) as m_same,"
                        + " convert('change' using latin1) as m_other, convert('change' using utf16) as m_wide,"
                        + " 'as it is' as plain, hex(convert('[6é]' using utf16)) as h")) {
                    assertThat(row.next()).isTrue();
                    var charset = set.equals("NULL") || set.equals("binary")
                            ? "windows-1252"
                            : Charsets.java(set).orElseThrow().name();
                    var expected = switch (set) {
                        // it has no such letter
                        case "sjis", "cp1251" -> null;
                        // the server says that these are bytes
                        case "binary" -> "hidden";
                        default -> "[6é]";
                    };
                    var value = row.getBytes(2);
                    assertThat(value == null ? null : new String(value, Charset.forName(charset)))
                            .as(set)
                            .isEqualTo(expected);
                    if (set.equals("NULL")) {
                        assertThat(new String(row.getBytes(3), StandardCharsets.UTF_16BE))
                                .isEqualTo("[6é]");
                    }
                }
            }
            through.check();
        }
    }

    @Test
    void collationsBelongToTheCharacterSetsThatTheServerSays() throws Exception {
        var different = new ArrayList<String>();
        try (var direct = Maria.running().direct("");
                var statement = direct.createStatement();
                var row = statement.executeQuery("select id, character_set_name from"
                        + " information_schema.collation_character_set_applicability")) {
            int count = 0;
            while (row.next()) {
                count++;
                var set = Charsets.ofCollation(row.getInt(1));
                if (!set.equals(Optional.of(row.getString(2)))) {
                    different.add(row.getInt(1) + " is " + row.getString(2) + ", not " + set);
                }
            }
            assertThat(count).isGreaterThan(300);
        }
        assertThat(different).isEmpty();
    }

    @Test
    void errorsAndDefaultsAreMasked() throws Exception {
        var maria = Maria.running();
        try (var through = new Through(maria.port, Through.Settings.PLAIN.masking(new Marks()));
                var connection = RealClientsTest.open(MARIADB, through.port())) {
            var shown = new Printed()
                    .run(
                            connection,
                            "create or replace table once (v varchar(40) primary key)",
                            "insert into once values ('my secret value')",
                            "insert into once values ('my secret value')",
                            "signal sqlstate '45000' set message_text = 'the secret is out'",
                            "set character_set_results = utf16",
                            "select a_secret_column")
                    .toString();
            assertThat(shown).contains("hidden-word").doesNotContain("secret");
            through.check();
        }
    }

    @Test
    void whatTheGrammarSaysOfColumnsIsUsedForTheirResultOnly() throws Exception {
        var maria = Maria.running();
        var marks = new Marks();
        var one = List.of(new ResultColumn("a", true, Set.of()));
        var two = List.of(new ResultColumn("b", false, Set.of()), new ResultColumn("", true, Set.of()));
        var reading = new Reading.Read(
                List.of(Readings.statement(one, Operation.SELECT), Readings.statement(two, Operation.SELECT)));
        try (var through = new Through(
                        maria.port,
                        Through.Settings.PLAIN.masking(marks).judge(asked -> new Judged(Verdict.ALLOW, reading)));
                var connection = RealClientsTest.open(MARIADB, through.port())) {
            marks.origins.clear();
            var _ = new Printed().run(connection, "select 1 as a; select 2 as b, 3", "select 1 as z; select 2 as a");
            assertThat(marks.origins)
                    .containsExactly(Optional.of(one), Optional.of(two), Optional.empty(), Optional.empty());
            through.check();
        }
    }

    @Test
    void aColumnThatTheServerComputesHasNoTable() throws Exception {
        var maria = Maria.running();
        var marks = new Marks();
        try (var through = new Through(maria.port, Through.Settings.PLAIN.masking(marks));
                var connection = RealClientsTest.open(MARIADB, through.port())) {
            marks.columns.clear();
            var _ = new Printed()
                    .run(
                            connection,
                            "select upper(note), d.x, few.note as other from few,"
                                    + " (select distinct concat(note) as x from few) d limit 1");
            assertThat(marks.columns)
                    .extracting(Column::origin)
                    .containsExactly(Optional.empty(), Optional.empty(), Optional.of("note"));
        }
    }
}
