package dev.sallyport.inspect.sql.mysql;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Which of the comments `/*! … */`, `/*!NNNNN … */` and `/*M! … */` the server runs.
///
/// From MySQL's manual, 11.7, and MariaDB's page "Comment Syntax": one without a number runs everywhere, one with a
/// number where the server is at least that version. MariaDB skips numbers from 50700 to 99999 (features of
/// MySQL that it may not have), unless it says `M`; MySQL takes `M` for an ordinary comment. MariaDB reads a sixth
/// digit; whether MySQL does depends on its version, so that such a comment is not understood there. Where the server's
/// version is not
/// known, both ways are read too, but for numbers below 50700, which every server that is still in use runs.
final class VersionComments {
    /// Versions below it are MySQL's, from it on MariaDB's.
    private static final int MARIADB = 100_000;

    private static final int FIRST_SKIPPED_BY_MARIADB = 50_700;

    /// Run by a MariaDB in a cluster, and by no other.
    private static final int CLUSTER = 99_997;

    private static final int DIGITS = 5;

    private final Optional<Integer> server;
    private final boolean runDoubted;
    private final Set<Integer> doubted = new HashSet<>();

    /// @param runDoubted what to do with a comment of which it is not known whether the server runs it
    VersionComments(Optional<Integer> server, boolean runDoubted) {
        this.server = server;
        this.runDoubted = runDoubted;
    }

    /// How many numbers there were of which it is not known whether the server runs them.
    int doubts() {
        return doubted.size();
    }

    /// Where the content begins that the server runs, or -1 when it skips the comment.
    ///
    /// @param at after `/*!` or `/*M!`
    int content(String text, int at, boolean marked) {
        var digits = 0;
        while (digits <= DIGITS && at + digits < text.length() && digit(text.charAt(at + digits))) {
            digits++;
        }
        if (server.isEmpty() && marked) {
            return doubt(-digits, at + (digits < DIGITS ? 0 : digits));
        }
        if (digits < DIGITS) {
            return at;
        }
        var number = Integer.parseInt(text, at, at + digits, 10);
        if (server.isEmpty()) {
            return digits == DIGITS && number < FIRST_SKIPPED_BY_MARIADB ? at + digits : doubt(number, at + digits);
        }
        var version = server.orElseThrow();
        if (version < MARIADB) {
            if (digits > DIGITS) {
                throw new NotUnderstood("a version comment has a number that versions of MySQL read differently");
            }
            return number <= version ? at + digits : -1;
        }
        if (number == CLUSTER) {
            return doubt(number, at + digits);
        }
        var runs = number <= version && (marked || number < FIRST_SKIPPED_BY_MARIADB || number >= MARIADB);
        return runs ? at + digits : -1;
    }

    /// Whether `/*M!` is more than an ordinary comment.
    boolean marks() {
        return server.isEmpty() || server.orElseThrow() >= MARIADB;
    }

    private int doubt(int number, int content) {
        doubted.add(number);
        return runDoubted ? content : -1;
    }

    private static boolean digit(char one) {
        return one >= '0' && one <= '9';
    }
}
