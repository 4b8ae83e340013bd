package dev.sallyport.agent;

import dev.sallyport.agent.tls.Authorities;
import dev.sallyport.core.agent.AgentKey;
import dev.sallyport.core.agent.BadAgentKey;
import dev.sallyport.core.agent.JoinLine;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

/// Fetches an agent's key from the API with a join line, which counts once, and keeps it in a file.
///
/// The API is believed by its certificate (https; plain http is for this very machine), and no redirect is followed.
/// The
/// key that it answers must be of the agent that the line names, for an edge of the CA that the line pins.
final class Registration {

    private static final Duration LONGEST = Duration.ofSeconds(30);

    /// Longest answer that is read, in bytes.
    private static final int MOST = 16_384;

    /// A key has no character that JSON would write otherwise.
    private static final Pattern KEY = Pattern.compile("\"key\"\\s*:\\s*\"(sallyport:[^\"\\\\]{1,2048})\"");

    private final JoinLine line;
    private final HttpClient client;

    private Registration(JoinLine line, HttpClient client) {
        this.line = line;
        this.client = client;
    }

    /// What the operator has given to join with: `--join`, or else the variable `SALLYPORT_JOIN`.
    static Optional<JoinLine> line(Options options, Optional<String> environment) throws Usage, BadAgentKey {
        var text = options.one(Options.JOIN).or(() -> environment.filter(value -> !value.isBlank()));
        return text.isPresent() ? Optional.of(JoinLine.parse(text.get())) : Optional.empty();
    }

    /// @param authorities a file of certificates (PEM) of CAs that the API's may come from; none: those of this Java
    static Registration of(JoinLine line, Optional<Path> authorities) throws Usage, IOException {
        var client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(LONGEST);
        if (authorities.isPresent()) {
            client.sslContext(trusting(authorities.get()));
        }
        return new Registration(line, client.build());
    }

    private static SSLContext trusting(Path file) throws Usage, IOException {
        try {
            return Authorities.context(Authorities.read(Files.readString(file)));
        } catch (GeneralSecurityException e) {
            throw new Usage("--api-ca: " + file + " is not a file of certificates (PEM)");
        }
    }

    /// Fetches the key; the line is used up when this returns.
    ///
    /// @throws Usage when the API gives none
    AgentKey fetch() throws Usage, IOException, InterruptedException {
        var request = HttpRequest.newBuilder(line.register())
                .timeout(LONGEST)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"join\":\"" + line.token().text() + "\"}"))
                .build();
        HttpResponse<InputStream> answer;
        String body;
        try {
            answer = client.send(request, BodyHandlers.ofInputStream());
            try (var in = answer.body()) {
                body = new String(in.readNBytes(MOST), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            var why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw new IOException(
                    "the API at " + line.api() + " cannot be asked for the agent's key: " + why
                            + "; see that this machine reaches it, and trusts its certificate (--api-ca FILE)",
                    e);
        }
        return switch (answer.statusCode()) {
            case 200 -> key(body);
            case 401 ->
                throw new Usage("the API does not take this join line: it was used, has expired, was replaced, or is"
                        + " damaged; ask for another (sally admin agents join NAME). If you did not use it yourself,"
                        + " have the agent's keys revoked first");
            case 429 -> throw new Usage("the API hears too much from this address; try again in a minute");
            default ->
                throw new Usage("the API at " + line.api() + " gave no key (status " + answer.statusCode()
                        + "); see that the line is this API's, and try again");
        };
    }

    private AgentKey key(String body) throws Usage {
        var found = KEY.matcher(body);
        try {
            if (found.find()) {
                var key = AgentKey.parse(found.group(1));
                if (line.promised(key)) {
                    return key;
                }
                throw new Usage("the API gave the key of another agent, or for another edge, than the join line"
                        + " promised: it is not used. Have the agent's keys revoked, and look at what is between this"
                        + " machine and " + line.api());
            }
        } catch (BadAgentKey e) {
            throw new Usage("the API gave a key that cannot be read; upgrade this agent, and ask for another line");
        }
        throw new Usage("the API answered something else than a key; see that the line is this API's");
    }

    /// Fetches the key into a file that only this account reads, in the place of one of the same agent. The file is
    /// there, and empty, before the line is used.
    ///
    /// @throws Usage when the file holds another agent's key
    AgentKey fetchInto(Path file) throws Usage, IOException, InterruptedException {
        var agent = line.token().agent();
        if (Files.exists(file)) {
            try {
                var before = AgentKey.parse(Files.readString(file, StandardCharsets.UTF_8));
                if (!before.token().agent().equals(agent)) {
                    throw new Usage(file + " holds the key of the agent "
                            + before.token().agent() + ", and the join line is for " + agent
                            + ": take the one for it, or name another folder");
                }
            } catch (BadAgentKey e) {
                throw new Usage(file + " is there and holds no agent's key: move it away first");
            }
        }
        var fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            var key = fetch();
            Files.writeString(fresh, key.text() + "\n", StandardCharsets.UTF_8, StandardOpenOption.SYNC);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return key;
        } finally {
            Files.deleteIfExists(fresh);
        }
    }
}
