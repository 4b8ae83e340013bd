package dev.sallyport.inspect.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RealServerTest {

    static String print(Connection connection, String... texts) throws SQLException {
        var out = new StringBuilder();
        for (var text : texts) {
            try (var statement = connection.createStatement()) {
                boolean rows = statement.execute(text);
                while (true) {
                    if (rows) {
                        try (var result = statement.getResultSet()) {
                            int n = result.getMetaData().getColumnCount();
                            for (int i = 1; i <= n; i++) {
                                out.append(result.getMetaData().getColumnLabel(i))
                                        .append(':')
                                        .append(result.getMetaData().getColumnTypeName(i))
                                        .append('|');
                            }
                            out.append('\n');
                            while (result.next()) {
                                for (int i = 1; i <= n; i++) {
                                    out.append(result.getString(i)).append('|');
                                }
                                out.append('\n');
                            }
                        }
                    } else if (statement.getUpdateCount() >= 0) {
                        out.append(statement.getUpdateCount()).append(" rows\n");
                    } else {
                        break;
                    }
                    rows = statement.getMoreResults();
                }
            } catch (SQLException e) {
                out.append(e.getErrorCode())
                        .append(' ')
                        .append(e.getSQLState())
                        .append(' ')
                        .append(String.valueOf(e.getMessage()).replaceAll("\\(conn=\\d+\\) ", ""))
                        .append('\n');
            }
        }
        return out.toString();
    }

    static final String[] TEXTS = {
        "drop table if exists t",
        "create table t (a int primary key auto_increment, b varchar(100), c decimal(10,2), d datetime(6), e blob, f double, g date, h time(3), i bigint unsigned, j json, k bit(10), l year, m enum('x','y'), n float)",
        "insert into t (b,c,d,e,f,g,h,i,j,k,l,m,n) values ('héllo', 12.50, '2026-01-02 03:04:05.678901', x'00ff', 1.5e10, '1999-12-31', '-12:34:56.789', 18446744073709551615, '{\"a\":1}', b'1010', 2026, 'y', 2.5), (null,null,null,null,null,null,null,null,null,null,null,null,null)",
        "select * from t",
        "select 1; select 2, 'x'; update t set b='z' where a=1; select b from t",
        "select nothing from nowhere",
        "selec",
        "use other",
        "select database()",
        "use shop",
        "set sql_mode='ANSI_QUOTES'",
        "select \"a\" from t",
        "set sql_mode=default",
        "begin",
        "update t set b='w'",
        "select count(*) from t where b='w'",
        "rollback",
        "select b from t order by a",
        "explain select * from t",
        "show columns from t",
        "select repeat('x', 100000)"
    };

    @Test
    void what() throws Exception {
        var maria = Maria.running();
        try (var through = new Through(maria.port, Through.Settings.PLAIN)) {
            String direct;
            try (var c = maria.direct("&allowMultiQueries=true")) {
                direct = print(c, TEXTS);
            }
            System.out.println(direct);
            var urls = List.of(
                    "jdbc:mariadb://127.0.0.1:" + through.port()
                            + "/shop?user=x&password=y&sslMode=disable&allowMultiQueries=true",
                    "jdbc:mariadb://127.0.0.1:" + through.port()
                            + "/shop?user=x&password=y&sslMode=disable&allowMultiQueries=true&useServerPrepStmts=true",
                    "jdbc:mysql://127.0.0.1:" + through.port()
                            + "/shop?user=x&password=y&sslMode=DISABLED&allowMultiQueries=true");
            for (var url : urls) {
                try (var c = DriverManager.getConnection(url)) {
                    var p = print(c, TEXTS);
                    System.out.println(url + " same: " + p.equals(direct));
                    if (!p.equals(direct)) System.out.println(p);
                } catch (SQLException e) {
                    e.printStackTrace(System.out);
                }
            }
            System.out.println(
                    through.texts().size() + " " + through.ends + " " + through.problems + through.answered.getLast());
            for (var p : through.problems) p.printStackTrace(System.out);
            var process = new ProcessBuilder(
                            "mysql",
                            "-h127.0.0.1",
                            "-P" + through.port(),
                            "-uany",
                            "-pthing",
                            "shop",
                            "-e",
                            "select * from t; select connection_id(); status")
                    .redirectErrorStream(true)
                    .start();
            System.out.println(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            System.out.println(through.ends + " " + through.problems);
        }
        assertThat(new ArrayList<String>()).isEmpty();
    }
}
