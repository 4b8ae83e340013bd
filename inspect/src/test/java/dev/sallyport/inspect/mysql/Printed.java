package dev.sallyport.inspect.mysql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.HexFormat;

/// What a driver shows of statements: every row, count and error.
final class Printed {

    private final StringBuilder out = new StringBuilder();

    /// Runs each text as it stands.
    Printed run(Connection connection, String... texts) throws SQLException {
        for (var text : texts) {
            try (var statement = connection.createStatement()) {
                results(statement, statement.execute(text));
            } catch (SQLException e) {
                failed(e);
            }
        }
        return this;
    }

    /// Prepares it, and runs it with the parameters.
    Printed prepare(Connection connection, String text, Object... parameters) throws SQLException {
        try (var statement = connection.prepareStatement(text)) {
            run(statement, parameters);
        } catch (SQLException e) {
            failed(e);
        }
        return this;
    }

    void run(PreparedStatement statement, Object... parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
        results(statement, statement.execute());
    }

    private void results(Statement statement, boolean first) throws SQLException {
        boolean rows = first;
        while (true) {
            if (rows) {
                try (var result = statement.getResultSet()) {
                    rows(result);
                }
            } else if (statement.getUpdateCount() >= 0) {
                out.append(statement.getUpdateCount()).append(" changed\n");
            } else {
                return;
            }
            rows = statement.getMoreResults();
        }
    }

    void rows(ResultSet result) throws SQLException {
        int columns = result.getMetaData().getColumnCount();
        for (int i = 1; i <= columns; i++) {
            out.append(result.getMetaData().getColumnLabel(i)).append('|');
        }
        out.append('\n');
        while (result.next()) {
            for (int i = 1; i <= columns; i++) {
                out.append(value(result, i)).append('|');
            }
            out.append('\n');
        }
    }

    private static String value(ResultSet result, int column) throws SQLException {
        boolean bytes = switch (result.getMetaData().getColumnType(column)) {
            case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB, Types.BIT -> true;
            default -> false;
        };
        if (!bytes) {
            return String.valueOf(result.getString(column));
        }
        var value = result.getBytes(column);
        return value == null ? "null" : "0x" + HexFormat.of().formatHex(value);
    }

    private void failed(SQLException e) {
        out.append(e.getErrorCode())
                .append(' ')
                .append(e.getSQLState())
                .append(' ')
                .append(String.valueOf(e.getMessage()).replaceAll("\\(conn=\\d+\\) ", ""))
                .append('\n');
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
