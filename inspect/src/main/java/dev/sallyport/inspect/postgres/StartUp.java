package dev.sallyport.inspect.postgres;

import dev.sallyport.inspect.database.ClientStart;
import dev.sallyport.inspect.postgres.Body.Malformed;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What a client's start-up message asks for ("Message Formats": StartupMessage).
///
/// @param minor the protocol's minor version that it would like
/// @param unknown names of protocol options (`_pq_.…`) that we do not have
record StartUp(ClientStart start, int minor, List<String> unknown) {

    /// Settings that a client may begin with; any it may `SET` later if its guardrails allow it.
    private static final Set<String> SETTINGS = Set.of(
            "application_name",
            "client_encoding",
            "datestyle",
            "timezone",
            "intervalstyle",
            "extra_float_digits",
            "search_path",
            "statement_timeout",
            "lock_timeout",
            "idle_in_transaction_session_timeout",
            "default_transaction_isolation",
            "default_transaction_read_only",
            "default_transaction_deferrable",
            "bytea_output",
            "client_min_messages",
            "geqo",
            "jit",
            "work_mem",
            "lc_messages",
            "lc_monetary",
            "lc_numeric",
            "lc_time",
            "standard_conforming_strings");

    /// Why a start-up message was not accepted, as a sentence for the user.
    static final class NotAccepted extends Exception {

        private static final long serialVersionUID = 1;

        NotAccepted(String sentence) {
            super(sentence, null, false, false);
        }
    }

    /// @param version the protocol's, as the message has it
    static StartUp read(int version, Body body) throws Malformed, NotAccepted {
        if (version >> 16 != 3) {
            throw new NotAccepted("this protocol is not spoken here: use a client of PostgreSQL 7.4 or newer");
        }
        var settings = new TreeMap<String, String>();
        var unknown = new ArrayList<String>();
        var user = "";
        var database = Optional.<String>empty();
        while (true) {
            var name = body.text();
            if (name.isEmpty()) {
                break;
            }
            var value = body.text();
            switch (name) {
                case "user" -> user = value;
                case "database" -> database = Optional.of(value).filter(text -> !text.isEmpty());
                case "replication" -> {
                    if (!Set.of("false", "off", "no", "0").contains(value.toLowerCase(Locale.ROOT))) {
                        throw new NotAccepted("replication does not go through this connection: what it carries is not"
                                + " made of statements");
                    }
                }
                case "options" -> options(value, settings);
                default -> {
                    if (name.startsWith("_pq_.")) {
                        unknown.add(name);
                    } else {
                        setting(name, value, settings);
                    }
                }
            }
        }
        if (body.left() != 0) {
            throw new Malformed("a start-up message that goes on after its end");
        }
        // libpq takes the user's name for a database that is not named
        var named = database.or(Optional::empty);
        return new StartUp(new ClientStart(named, user, settings), version & 0xffff, unknown);
    }

    /// `-c name=value` and `--name=value`, as `PGOPTIONS` has them; a backslash escapes what follows.
    private static void options(String text, TreeMap<String, String> settings) throws NotAccepted {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                word.append(text.charAt(++i));
            } else if (Character.isWhitespace(c)) {
                if (!word.isEmpty()) {
                    words.add(word.toString());
                    word.setLength(0);
                }
            } else {
                word.append(c);
            }
        }
        if (!word.isEmpty()) {
            words.add(word.toString());
        }
        for (int i = 0; i < words.size(); i++) {
            var one = words.get(i);
            String pair;
            if (one.equals("-c") && i + 1 < words.size()) {
                pair = words.get(++i);
            } else if (one.startsWith("-c") && one.length() > 2) {
                pair = one.substring(2);
            } else if (one.startsWith("--")) {
                pair = one.substring(2)
                        .replaceFirst(
                                "^([^=]*)", one.substring(2).split("=", 2)[0].replace('-', '_'));
            } else {
                throw new NotAccepted("start-up options other than -c NAME=VALUE are not accepted here");
            }
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new NotAccepted("start-up options other than -c NAME=VALUE are not accepted here");
            }
            setting(pair.substring(0, equals), pair.substring(equals + 1), settings);
        }
    }

    private static void setting(String name, String value, TreeMap<String, String> settings) throws NotAccepted {
        if (!SETTINGS.contains(name.toLowerCase(Locale.ROOT))) {
            var shown = name.matches("[A-Za-z0-9_.]{1,64}") ? " " + name : "";
            throw new NotAccepted("a session does not begin with the setting" + shown + " here: SET it later");
        }
        settings.put(name.toLowerCase(Locale.ROOT), value);
    }
}
