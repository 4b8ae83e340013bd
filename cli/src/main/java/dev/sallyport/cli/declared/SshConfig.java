package dev.sallyport.cli.declared;

import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// What a client's configuration says of its hosts (ssh_config(5)): of each setting the first value that fits, from
/// whatever block. `Include` is followed; what `Match` says is not known here, and does not count.
final class SshConfig {

    /// Largest file, in bytes.
    static final int LARGEST = 1_048_576;

    /// Most files, the first one and all that it includes.
    private static final int MOST_FILES = 100;

    /// How deep files include files; as in ssh.
    private static final int DEEPEST = 16;

    /// Longest pattern of a host; a longer one fits nothing.
    private static final int LONGEST_PATTERN = 256;

    private static final Pattern LINE = Pattern.compile("([A-Za-z0-9]+)(?:\\s*=\\s*|\\s+)(.*)");
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

    /// Lines that count for some hosts.
    ///
    /// @param patterns none: what `Match` begins, which fits nothing
    private record Block(List<String> patterns, Optional<Block> within, SequencedMap<String, String> settings) {

        boolean fits(String host) {
            return within.map(block -> block.fits(host)).orElse(true) && fits(patterns, host);
        }

        private static boolean fits(List<String> patterns, String host) {
            boolean fits = false;
            for (var pattern : patterns) {
                boolean not = pattern.startsWith("!");
                if (fit(not ? pattern.substring(1) : pattern, host)) {
                    if (not) {
                        return false;
                    }
                    fits = true;
                }
            }
            return fits;
        }

        /// Without backtracking: `*` is any run of characters, `?` is one.
        private static boolean fit(String pattern, String host) {
            if (pattern.length() > LONGEST_PATTERN) {
                return false;
            }
            int p = 0;
            int h = 0;
            int star = -1;
            int mark = 0;
            while (h < host.length()) {
                if (p < pattern.length() && pattern.charAt(p) == '*') {
                    star = p++;
                    mark = h;
                } else if (p < pattern.length() && (pattern.charAt(p) == '?' || pattern.charAt(p) == host.charAt(h))) {
                    p++;
                    h++;
                } else if (star >= 0) {
                    p = star + 1;
                    h = ++mark;
                } else {
                    return false;
                }
            }
            while (p < pattern.length() && pattern.charAt(p) == '*') {
                p++;
            }
            return p == pattern.length();
        }
    }

    private final Path home;
    private final List<Block> blocks = new ArrayList<>();
    private final SequencedSet<String> hosts = new LinkedHashSet<>();
    private final SequencedSet<String> leftOut = new LinkedHashSet<>();
    private int files;

    private SshConfig(Path home) {
        this.home = home;
    }

    /// Reads a file and what it includes.
    ///
    /// @param home what `~` means
    static SshConfig read(Path file, Path home) throws Failure {
        var config = new SshConfig(home);
        var all = new Block(List.of("*"), Optional.empty(), new LinkedHashMap<>());
        config.blocks.add(all);
        config.read(file, all, 0);
        return config;
    }

    /// The hosts that are named without a pattern, in their order.
    SequencedSet<String> hosts() {
        return hosts;
    }

    /// What was not read, in words.
    SequencedSet<String> leftOut() {
        return leftOut;
    }

    /// What counts for a host, by keyword in lower case.
    Map<String, String> of(String host) {
        var settings = new LinkedHashMap<String, String>();
        blocks.stream()
                .filter(block -> block.fits(host))
                .forEach(block -> block.settings().forEach(settings::putIfAbsent));
        return settings;
    }

    /// The lines of a file of bounded size.
    static List<String> lines(Path file) throws Failure {
        if (!Files.isRegularFile(file)) {
            throw Failure.failed(file + " is not there, or is no file.");
        }
        try (var in = Files.newInputStream(file)) {
            var bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw Failure.failed(file + " is longer than " + LARGEST + " bytes.");
            }
            return new String(bytes, StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw Failure.failed(file + " cannot be read: " + Reason.of(e) + ".");
        }
    }

    private void read(Path file, Block enclosing, int depth) throws Failure {
        if (depth > DEEPEST || ++files > MOST_FILES) {
            throw Failure.failed(
                    file + ": Include leads to more than " + MOST_FILES + " files, or deeper than " + DEEPEST + ".");
        }
        var block = enclosing;
        for (var line : lines(file)) {
            var matcher = LINE.matcher(line.strip());
            if (!matcher.matches()) {
                continue;
            }
            var keyword = matcher.group(1).toLowerCase(Locale.ROOT);
            var words = words(matcher.group(2));
            switch (keyword) {
                case "host" -> block = begun(words, enclosing);
                case "match" -> {
                    leftOut.add("Match " + matcher.group(2) + " (" + file.getFileName() + ")");
                    block = begun(List.of(), enclosing);
                }
                case "include" -> {
                    for (var word : words) {
                        for (var included : included(word)) {
                            read(included, block, depth + 1);
                        }
                    }
                    block = begun(block);
                }
                default -> block.settings().putIfAbsent(keyword, String.join(" ", words));
            }
        }
    }

    private Block begun(List<String> patterns, Block enclosing) {
        var block = new Block(patterns, Optional.of(enclosing), new LinkedHashMap<>());
        blocks.add(block);
        for (var pattern : patterns) {
            if (pattern.startsWith("!") || pattern.equals("*")) {
                continue;
            }
            if (pattern.contains("*") || pattern.contains("?")) {
                leftOut.add("Host " + pattern + " as a connection of its own, because it is a pattern");
            } else {
                hosts.add(pattern);
            }
        }
        return block;
    }

    /// The same block again, behind what was read between.
    private Block begun(Block before) {
        var block = new Block(before.patterns(), before.within(), new LinkedHashMap<>());
        blocks.add(block);
        return block;
    }

    private static List<String> words(String text) {
        var words = new ArrayList<String>();
        var matcher = WORD.matcher(text);
        while (matcher.find()) {
            var quoted = matcher.group(1);
            var word = quoted == null ? matcher.group(2) : quoted;
            if (quoted == null && word.startsWith("#")) {
                break;
            }
            words.add(word);
        }
        return words;
    }

    /// Files that a word behind `Include` names: relative to `~/.ssh`, with a pattern in its last part at most.
    private List<Path> included(String word) throws Failure {
        var path = word.startsWith("~/")
                ? home.resolve(word.substring(2))
                : home.resolve(".ssh").resolve(word);
        var folder = path.getParent();
        var name = path.getFileName();
        if (folder == null || name == null || !Files.isDirectory(folder)) {
            return List.of();
        }
        var found = new ArrayList<Path>();
        try (var all = Files.newDirectoryStream(folder, name.toString())) {
            for (var one : all) {
                if (Files.isRegularFile(one) && found.size() <= MOST_FILES) {
                    found.add(one);
                }
            }
        } catch (PatternSyntaxException | DirectoryIteratorException e) {
            leftOut.add("Include " + word);
        } catch (IOException e) {
            throw Failure.failed(folder + " cannot be read: " + Reason.of(e) + ".");
        }
        found.sort(null);
        return found;
    }
}
