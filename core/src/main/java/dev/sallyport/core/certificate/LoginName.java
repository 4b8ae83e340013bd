package dev.sallyport.core.certificate;

import dev.sallyport.core.connection.ConnectionName;
import java.util.Collection;
import java.util.Optional;
import java.util.regex.Pattern;

/// A login name, `LOGIN[+CONNECTION][=TENANT]`, read from the right.
///
/// @param login who logs in: one of the certificate's principals, when it lists any
/// @param connection the connection that every channel of this client uses; none: each channel names its own
/// @param tenant the tenant's name, needed only where the credential does not tell
public record LoginName(String login, Optional<ConnectionName> connection, Optional<String> tenant) {

    /// Longest login name that is read, in characters.
    public static final int LONGEST = 255;

    private static final Pattern TENANT = Pattern.compile("[a-z0-9-]{3,40}");

    /// Reads `text`; the whole of it is the LOGIN when it is one of `principals`.
    ///
    /// Empty when it is none: too long, empty, a control character in it, or nothing left of `+`.
    public static Optional<LoginName> parse(String text, Collection<String> principals) {
        if (text.isEmpty() || text.length() > LONGEST || text.chars().anyMatch(Character::isISOControl)) {
            return Optional.empty();
        }
        if (principals.contains(text)) {
            return Optional.of(new LoginName(text, Optional.empty(), Optional.empty()));
        }
        var login = text;
        Optional<String> tenant = Optional.empty();
        int equals = login.lastIndexOf('=');
        if (equals >= 0 && TENANT.matcher(login.substring(equals + 1)).matches()) {
            tenant = Optional.of(login.substring(equals + 1));
            login = login.substring(0, equals);
        }
        Optional<ConnectionName> connection = Optional.empty();
        int plus = login.lastIndexOf('+');
        if (plus >= 0) {
            connection = ConnectionName.of(login.substring(plus + 1));
            if (connection.isPresent()) {
                login = login.substring(0, plus);
            }
        }
        return login.isEmpty() ? Optional.empty() : Optional.of(new LoginName(login, connection, tenant));
    }
}
