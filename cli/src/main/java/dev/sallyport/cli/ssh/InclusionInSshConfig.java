package dev.sallyport.cli.ssh;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// Two lines at the head of a configuration of ssh, a mark and an `Include`: put there at most once, and taken
/// out again. Every other byte stays what it is, whatever its encoding and its line ends.
///
/// They stand at the head because an `Include` further down would belong to the `Host` above it (ssh_config(5)).
final class InclusionInSshConfig {

    private static final String MARK = "# Sallyport: written by  sally ssh-config --install,  taken out by --uninstall";

    /// A mark alone is not ours to take the next line with.
    private static final Pattern OURS =
            Pattern.compile("^" + Pattern.quote(MARK) + "\\r?\\nInclude [^\\r\\n]*(?:\\r?\\n|\\z)", Pattern.MULTILINE);

    private InclusionInSshConfig() {}

    /// The content with the lines, at its head.
    ///
    /// @param path as ssh_config(5) has it, quoted
    static byte[] in(byte[] content, String path) {
        var lines = (MARK + "\nInclude " + path + "\n").getBytes(StandardCharsets.UTF_8);
        var rest = without(content);
        var all = new byte[lines.length + rest.length];
        System.arraycopy(lines, 0, all, 0, lines.length);
        System.arraycopy(rest, 0, all, lines.length, rest.length);
        return all;
    }

    /// The content without the lines.
    static byte[] without(byte[] content) {
        // Each byte is a character here, and comes out as the byte that it was.
        var text = new String(content, StandardCharsets.ISO_8859_1);
        return OURS.matcher(text).replaceAll("").getBytes(StandardCharsets.ISO_8859_1);
    }
}
