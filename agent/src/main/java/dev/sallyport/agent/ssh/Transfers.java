package dev.sallyport.agent.ssh;

import dev.sallyport.agent.target.JsonLine;
import dev.sallyport.core.session.Pty;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Which watch fits what was asked for.
final class Transfers {

    private static final Pattern SCP = Pattern.compile("scp(?: -[rpdqv]+)* -[rpdqv]*([tf]).*", Pattern.DOTALL);
    private static final Pattern GIT =
            Pattern.compile("git[- ](upload-pack|receive-pack|upload-archive) .*", Pattern.DOTALL);

    private Transfers() {}

    /// For a command; one with a terminal transfers nothing that could be followed.
    static TransferWatch of(byte[] command, Optional<Pty> pty) {
        var text = new String(command, StandardCharsets.UTF_8);
        if (pty.isPresent()) {
            return TransferWatch.none();
        }
        var scp = SCP.matcher(text);
        if (scp.matches()) {
            return new ScpWatch(scp.group(1).equals("t"));
        }
        if (text.startsWith("rsync --server ")) {
            return new CommandOnly("rsync", text.contains(" --sender ") ? "read" : "write", text);
        }
        var git = GIT.matcher(text);
        if (git.matches()) {
            return new CommandOnly("git", git.group(1), text);
        }
        return TransferWatch.none();
    }

    static TransferWatch sftp() {
        return new SftpWatch();
    }

    /// rsync and git: their command line says what they do; what they send is not decoded.
    private static final class CommandOnly implements TransferWatch {

        private Optional<String> record;

        CommandOnly(String protocol, String operation, String command) {
            record = Optional.of(new JsonLine()
                    .with("protocol", protocol)
                    .with("operation", operation)
                    .with("command", command)
                    .line());
        }

        @Override
        public void toTarget(byte[] bytes) {}

        @Override
        public void fromTarget(byte[] bytes) {}

        @Override
        public synchronized List<String> passed() {
            var line = record.map(List::of).orElse(List.of());
            record = Optional.empty();
            return line;
        }

        @Override
        public List<String> last() {
            return passed();
        }
    }
}
