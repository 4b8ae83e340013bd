package dev.sallyport.core.connection;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// How the connection to a database server is secured; the words are libpq's (`sslmode`).
public enum DatabaseTls {
    /// never
    DISABLE,
    /// if the server has it, whoever it is
    PREFER,
    /// always, whoever it is
    REQUIRE,
    /// always, and a trusted CA signed the server's certificate
    VERIFY_CA,
    /// and it is the certificate of that host: the default
    VERIFY_FULL;

    /// As admins write it, such as `verify-ca`.
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// All by their words.
    public static Map<String, DatabaseTls> words() {
        var words = new TreeMap<String, DatabaseTls>();
        for (var one : values()) {
            words.put(one.word(), one);
        }
        return words;
    }
}
