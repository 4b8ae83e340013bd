package dev.sallyport.inspect.postgres;

import dev.sallyport.inspect.sql.SqlSettings;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The settings of a session that change what a text means, as the server reports them (ParameterStatus).
///
/// Version 18 reports `search_path`; before, it is not known at all. A statement that may have changed what is not
/// reported makes the settings [uncertain][#uncertain]: what was judged before counts no more.
final class Session {

    private Optional<Charset> charset = Optional.of(StandardCharsets.UTF_8);
    private boolean backslashEscapes;
    private List<String> searchPath = List.of();
    private boolean reportsPath;
    private long changes;

    /// A statement that may set what texts mean is on its way, and the server has not said what came of it.
    private boolean unsettled;

    /// What a verdict of a prepared statement counts for.
    record Snapshot(SqlSettings settings, long changes) {}

    void reported(String name, String value) {
        switch (name) {
            case "client_encoding" -> charset = charset(value);
            case "standard_conforming_strings" -> backslashEscapes = !value.equals("on");
            case "search_path" -> {
                reportsPath = true;
                searchPath = path(value);
            }
            default -> {
                // says nothing of texts
            }
        }
    }

    void uncertain() {
        unsettled = true;
        if (!reportsPath) {
            changes++;
        }
    }

    /// The server has answered everything: what it reported is what counts.
    void settled() {
        unsettled = false;
    }

    SqlSettings settings() {
        return settings(unsettled ? SqlSettings.UNSETTLED : "");
    }

    private SqlSettings settings(String other) {
        return new SqlSettings(searchPath, backslashEscapes, false, Optional.empty(), other);
    }

    Snapshot snapshot() {
        return new Snapshot(settings(""), changes);
    }

    /// The text of these bytes; empty when they are none, or the character set is not known.
    Optional<String> decode(byte[] bytes) {
        try {
            return charset.isEmpty()
                    ? Optional.empty()
                    : Optional.of(charset.get()
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes))
                            .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /// PostgreSQL's names ("Character Set Support") as Java's.
    private static Optional<Charset> charset(String name) {
        var plain = name.toUpperCase(Locale.ROOT);
        var java = switch (plain) {
            case "UTF8", "UNICODE" -> "UTF-8";
            // of what is not ASCII nothing is known
            case "SQL_ASCII" -> "US-ASCII";
            case "LATIN9" -> "ISO-8859-15";
            case "EUC_JP" -> "EUC-JP";
            case "EUC_KR" -> "EUC-KR";
            case "SJIS" -> "Windows-31J";
            default ->
                plain.startsWith("LATIN") && plain.length() == 6
                        ? "ISO-8859-" + plain.charAt(5)
                        : plain.startsWith("WIN") ? "windows-" + plain.substring(3) : plain;
        };
        try {
            return Optional.of(Charset.forName(java));
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            return Optional.empty();
        }
    }

    /// `"$user", public` as its names.
    private static List<String> path(String value) {
        var names = new ArrayList<String>();
        for (var part : value.split(",", -1)) {
            var name = part.strip();
            names.add(
                    name.length() >= 2 && name.startsWith("\"") && name.endsWith("\"")
                            ? name.substring(1, name.length() - 1).replace("\"\"", "\"")
                            : name);
        }
        return names;
    }
}
