package dev.sallyport.agent.secrets;

import dev.sallyport.core.secret.Secret;
import dev.sallyport.core.secret.SecretReference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Resolves references to secrets, where they are used and no earlier. Nothing is kept.
///
/// Files are read only below the agent's own list of folders, links resolved. The agent's key is never given
/// away.
public final class Secrets {

    /// Longest secret, in bytes.
    public static final int LONGEST = 65_536;

    private static final String AGENT_KEY = "SALLYPORT_KEY";

    private final Map<String, String> environment;
    private volatile List<Path> folders;
    private final Optional<Function<String, Optional<Secret>>> unsealing;

    /// @param environment the agent's variables
    /// @param folders where files with secrets may lie; none: nowhere
    /// @param unsealing opens what was sealed to this agent's key; empty when it is not for it
    public Secrets(
            Map<String, String> environment,
            List<Path> folders,
            Optional<Function<String, Optional<Secret>>> unsealing) {
        this.environment = Map.copyOf(environment);
        this.folders = List.copyOf(folders);
        this.unsealing = unsealing;
    }

    /// Files may lie in these folders from now on, and in no others.
    public void folders(List<Path> now) {
        folders = List.copyOf(now);
    }

    /// The secret behind a reference.
    ///
    /// @throws Unresolved with a sentence that names no value and no path
    public Secret resolve(SecretReference reference) throws Unresolved {
        return switch (reference.scheme()) {
            case "text" -> Secret.of(reference.rest());
            case "env" -> variable(reference.rest());
            case "file" -> file(reference.rest());
            case "sealed" -> sealed(reference.rest());
            default ->
                throw new Unresolved("this connection keeps a secret in \"" + reference.scheme()
                        + "\", which its agent does not know");
        };
    }

    /// How many references led to a secret, for people.
    public static String resolved(int count) {
        return switch (count) {
            case 0 -> "the connection has none";
            case 1 -> "the agent has the one that the connection names";
            default -> "the agent has the " + count + " that the connection names";
        };
    }

    private Secret variable(String name) throws Unresolved {
        var value = environment.get(name);
        if (value == null || name.equals(AGENT_KEY)) {
            throw new Unresolved("a variable that this connection needs is not set on its agent");
        }
        return Secret.of(value);
    }

    private Secret file(String name) throws Unresolved {
        try {
            var file = Path.of(name).toRealPath();
            var allowed = new ArrayList<Path>();
            for (var folder : folders) {
                if (Files.isDirectory(folder)) {
                    allowed.add(folder.toRealPath());
                }
            }
            if (!Path.of(name).isAbsolute() || allowed.stream().noneMatch(file::startsWith)) {
                throw new Unresolved("a file that this connection needs is outside the folders that its agent reads");
            }
            if (!Files.isRegularFile(file) || Files.size(file) > LONGEST) {
                throw new Unresolved("a file that this connection needs is no file of at most " + LONGEST + " bytes");
            }
            return Secret.of(withoutLastNewline(Files.readAllBytes(file)));
        } catch (IOException | IllegalArgumentException e) {
            throw new Unresolved("a file that this connection needs cannot be read by its agent", e);
        }
    }

    /// A file with one line is that line: editors end it with a newline that is no part of a password. A file
    /// with more, such as a key, is kept as it is.
    private static byte[] withoutLastNewline(byte[] bytes) {
        var text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (text.indexOf('\n') == text.length() - 1 && text.endsWith("\n")) {
            return text.stripTrailing().getBytes(StandardCharsets.ISO_8859_1);
        }
        return bytes;
    }

    private Secret sealed(String text) throws Unresolved {
        return unsealing
                .flatMap(open -> open.apply(text))
                .orElseThrow(() -> new Unresolved("a secret of this connection is sealed, but not to its agent's key:"
                        + " it has to be entered again"));
    }

    /// A reference that leads nowhere. The message is a sentence for the user.
    public static final class Unresolved extends Exception {

        private static final long serialVersionUID = 1;

        Unresolved(String sentence) {
            super(sentence);
        }

        Unresolved(String sentence, Throwable cause) {
            super(sentence, cause);
        }
    }
}
