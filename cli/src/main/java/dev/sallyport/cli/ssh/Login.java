package dev.sallyport.cli.ssh;

import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Reason;
import dev.sallyport.cli.run.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// A login name, as a certificate lists it, with the files that prove it where they are known.
record Login(String name, Optional<String> identity, Optional<String> certificate) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._@][A-Za-z0-9._@-]{0,127}");

    /// @throws Failure when it is none that ssh takes in one word
    static Login of(String name) throws Failure {
        if (!NAME.matcher(name).matches()) {
            throw Failure.usage("a login name has letters, digits, '.', '_', '@' and '-' only.");
        }
        return new Login(name, Optional.empty(), Optional.empty());
    }

    /// Those that the configuration knows: of the `ssh_config` that it names, else its `login`.
    static List<Login> known(Run run) throws Failure {
        var file = run.configuration().sshConfig();
        if (file.isPresent()) {
            try {
                return in(Files.readAllLines(file.get()));
            } catch (IOException e) {
                throw Failure.failed("\"ssh_config\" of " + run.configuration().path() + ", " + file.get()
                        + ", cannot be read: " + Reason.of(e) + ".");
            }
        }
        var login = run.configuration().login();
        return login.isPresent() ? List.of(of(login.get())) : List.of();
    }

    /// Hosts with a plain name and an identity.
    static List<Login> in(List<String> sshConfig) {
        var logins = new ArrayList<Login>();
        Optional<String> name = Optional.empty();
        Optional<String> identity = Optional.empty();
        Optional<String> certificate = Optional.empty();
        for (var line : sshConfig) {
            var words = line.strip().split("\\s+", 2);
            var value = words.length < 2 ? "" : words[1];
            switch (words[0].toLowerCase(Locale.ROOT)) {
                case "host" -> {
                    add(logins, name, identity, certificate);
                    var first = value.split("\\s+", 2)[0];
                    name = NAME.matcher(first).matches() ? Optional.of(first) : Optional.empty();
                    identity = Optional.empty();
                    certificate = Optional.empty();
                }
                case "identityfile" -> identity = Optional.of(unquoted(value));
                case "certificatefile" -> certificate = Optional.of(unquoted(value));
                default -> {
                    // of no interest here
                }
            }
        }
        add(logins, name, identity, certificate);
        return List.copyOf(logins);
    }

    private static void add(
            List<Login> logins, Optional<String> name, Optional<String> identity, Optional<String> certificate) {
        if (name.isPresent() && identity.isPresent()) {
            logins.add(new Login(name.get(), identity, certificate));
        }
    }

    private static String unquoted(String value) {
        return value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")
                ? value.substring(1, value.length() - 1)
                : value;
    }
}
