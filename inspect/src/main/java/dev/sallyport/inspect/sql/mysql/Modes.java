package dev.sallyport.inspect.sql.mysql;

import dev.sallyport.inspect.sql.SqlSettings;
import java.util.List;
import java.util.Locale;

/// What `sql_mode` says of how a text is read (MySQL's manual, 7.1.11; MariaDB's page "SQL Mode"), beside what
/// [SqlSettings] says itself.
///
/// @param pipesAsConcat whether `||` puts texts together, and is no `or`
/// @param ignoreSpace whether a blank may stand between a function's name and its parenthesis
/// @param highNot whether `not` binds as `!` does
/// @param foreign whether it is another language: MariaDB's `ORACLE`
/// @param unsettled whether a statement before may change any of it
record Modes(boolean pipesAsConcat, boolean ignoreSpace, boolean highNot, boolean foreign, boolean unsettled) {

    /// Reads the words of [SqlSettings#other], in which the modes stand with commas.
    static Modes of(SqlSettings settings) {
        var words = List.of(settings.other().toUpperCase(Locale.ROOT).split("[ ,]+"));
        return new Modes(
                words.contains("PIPES_AS_CONCAT"),
                words.contains("IGNORE_SPACE"),
                words.contains("HIGH_NOT_PRECEDENCE"),
                words.contains("ORACLE"),
                settings.other().equals(SqlSettings.UNSETTLED));
    }
}
