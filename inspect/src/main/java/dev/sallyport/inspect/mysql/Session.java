package dev.sallyport.inspect.mysql;

import dev.sallyport.inspect.sql.SqlSettings;
import dev.sallyport.inspect.sql.mysql.MysqlGrammar;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The settings of a session that change what a text means, as the server tells them: with each answer ("Session
/// State Information", "Status Flags"), or when it is asked by [#QUESTION].
final class Session {

    /// Has the server tell whatever we must know, and what servers tell without being asked.
    static final String TRACK = "SET SESSION session_track_schema = 1, session_track_system_variables = "
            + "'autocommit,character_set_client,character_set_connection,character_set_results,time_zone,sql_mode'";

    /// Asks for it, in the same bytes whatever `character_set_results` is.
    static final String QUESTION = "SELECT CAST(@@character_set_client AS BINARY), "
            + "CAST(@@character_set_results AS BINARY), CAST(@@sql_mode AS BINARY), CAST(DATABASE() AS BINARY)";

    private static final int SYSTEM_VARIABLES = 0;
    private static final int SCHEMA = 1;

    private final String version;
    private final Optional<Integer> versionNumber;
    private final boolean mariadb;

    private int status;
    private boolean tracks;
    private Optional<Charset> client = Optional.of(StandardCharsets.UTF_8);
    private boolean backslashInLetters;
    private Optional<String> results = Optional.of("utf8mb4");
    private String mode = "";
    private Optional<String> schema = Optional.empty();
    private SqlSettings settings = SqlSettings.MYSQL;

    /// @param version as the server greets with it, as `8.0.36` or `5.5.5-10.11.6-MariaDB-log`
    Session(String version) {
        this.version = version;
        this.mariadb = version.toLowerCase(Locale.ROOT).contains("mariadb");
        this.versionNumber = number(mariadb && version.startsWith("5.5.5-") ? version.substring(6) : version);
        changed();
    }

    private static Optional<Integer> number(String version) {
        var parts = version.split("[^0-9]", 4);
        int number = 0;
        for (int i = 0; i < 3; i++) {
            if (parts.length <= i || parts[i].isEmpty() || parts[i].length() > 2) {
                return Optional.empty();
            }
            number = number * 100 + Integer.parseInt(parts[i]);
        }
        return Optional.of(number);
    }

    /// As the server greets with it.
    String version() {
        return version;
    }

    int status() {
        return status;
    }

    boolean mayCount() {
        return (status & Status.AUTOCOMMIT) != 0 && (status & Status.IN_TRANSACTION) == 0;
    }

    /// Whether the server tells what changes; if not, it is asked after each statement that may have changed
    /// something.
    boolean tracks() {
        return tracks;
    }

    void tracks(boolean does) {
        tracks = does;
    }

    /// Takes what an answer says of the session.
    void answered(Ok ok) throws Malformed {
        status(ok.status());
        if (ok.state().length == 0) {
            return;
        }
        var body = new Body(ok.state(), 0, ok.state().length);
        while (body.left() > 0) {
            int type = body.int8();
            var data = body.string();
            var within = new Body(data, 0, data.length);
            if (type == SYSTEM_VARIABLES) {
                while (within.left() > 0) {
                    variable(within.text(), value(within));
                }
            } else if (type == SCHEMA) {
                schema = Optional.of(within.text()).filter(name -> !name.isEmpty());
            }
        }
        changed();
    }

    private static Optional<String> value(Body body) throws Malformed {
        int length = body.length();
        return length == Body.NULL
                ? Optional.empty()
                : Optional.of(new String(body.take(length), StandardCharsets.UTF_8));
    }

    private void variable(String name, Optional<String> value) {
        switch (name) {
            case "character_set_client" -> {
                client = value.flatMap(Charsets::java);
                backslashInLetters =
                        value.filter(Charsets::hasBackslashInLetters).isPresent();
            }
            // as `binary`, each column comes in its own
            case "character_set_results" -> results = value.filter(set -> !set.isEmpty() && !set.equals("binary"));
            case "sql_mode" -> mode = value.orElse("");
            default -> {
                // says nothing of texts
            }
        }
    }

    /// Takes what an EOF says of the session.
    void status(int now) {
        boolean escapes = (status & Status.NO_BACKSLASH_ESCAPES) != (now & Status.NO_BACKSLASH_ESCAPES);
        status = now;
        if (escapes) {
            changed();
        }
    }

    /// Takes the answer to [#QUESTION].
    void told(List<Optional<String>> row) throws Malformed {
        if (row.size() != 4) {
            throw new Malformed("another answer than was asked for");
        }
        variable("character_set_client", row.get(0));
        variable("character_set_results", row.get(1));
        variable("sql_mode", row.get(2));
        schema = row.get(3);
        changed();
    }

    void schema(String name) {
        schema = Optional.of(name);
        changed();
    }

    private void changed() {
        var modes = mode.toUpperCase(Locale.ROOT);
        settings = new SqlSettings(
                schema.map(List::of).orElse(List.of()),
                (status & Status.NO_BACKSLASH_ESCAPES) == 0,
                List.of(modes.split(",")).contains("ANSI_QUOTES"),
                versionNumber,
                (mariadb ? "mariadb " : "mysql ")
                        + modes
                        + (backslashInLetters ? " " + MysqlGrammar.BACKSLASH_IN_LETTERS : ""));
    }

    SqlSettings settings() {
        return settings;
    }

    /// The text of these bytes; empty when they are none, or the character set is not known.
    Optional<String> decode(byte[] bytes) {
        try {
            return client.isEmpty()
                    ? Optional.empty()
                    : Optional.of(client.get()
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes))
                            .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /// What the texts of results are sent in; empty: each in its column's own (`character_set_results` is null).
    Optional<String> results() {
        return results;
    }

    /// What messages and names of columns are sent in.
    Charset messages() {
        return results.flatMap(Charsets::java).orElse(StandardCharsets.UTF_8);
    }
}
