package dev.sallyport.standalone;

import dev.sallyport.core.sshserver.ClientCiphers;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/// The `ssh_config` and `known_hosts` of an instance, for plain `ssh -F`: absolute paths, host verification by
/// the edge's host CA, and nothing of the user's own configuration.
///
/// A connection that the file does not know is logged in to as [#UNKNOWN]. Without its own line the login would
/// be the user's alone: `ssh alice+typo rm x` would then mean the connection `rm`.
///
/// @param port of the first edge
/// @param more of the further ones, which show certificates of the same CA
record SshConfig(InstanceFolder folder, String address, int port, List<Integer> more, String hostCa) {

    SshConfig {
        more = List.copyOf(more);
    }

    /// The connection that stands for those that were made after the file was written, and for misspelt ones.
    private static final String UNKNOWN = "not-in-this-file";

    /// Writes both files.
    ///
    /// @param users who has a key and a certificate in `keys/`
    /// @param connections names that become `user+connection` hosts
    void write(List<String> users, Collection<String> connections) {
        var knownHosts = folder.resolve("known_hosts");
        var known = new StringBuilder();
        IntStream.concat(IntStream.of(port), more.stream().mapToInt(Integer::intValue))
                .forEach(one -> known.append("@cert-authority [" + address + "]:" + one + " " + hostCa.strip() + "\n"));
        folder.writePrivate(knownHosts, known.toString());
        var text = new StringBuilder("""
                # Written by Sallyport at each start.  ssh -F this-file alice bash
                # A connection that was made since then:  ssh -F this-file -l alice+NAME alice

                """);
        for (var user : users) {
            var key = folder.resolve("keys").resolve(user);
            for (var connection : connections) {
                text.append("Host ").append(user).append('+').append(connection).append('\n');
                text.append("    User ")
                        .append(user)
                        .append('+')
                        .append(connection)
                        .append("\n\n");
            }
            text.append("Host ").append(user).append('\n');
            text.append("    User ").append(user).append("\n\n");
            text.append("Host ").append(user).append("+*\n");
            text.append("    User ").append(user).append('+').append(UNKNOWN).append("\n\n");
            text.append("Host ").append(user).append(' ').append(user).append("+*\n");
            text.append("    IdentityFile ").append(quoted(key)).append('\n');
            text.append("    CertificateFile ")
                    .append(quoted(Path.of(key + "-cert.pub")))
                    .append("\n\n");
        }
        text.append("""
                Host *
                    HostName %s
                    Port %d
                    Ciphers %s
                    IdentitiesOnly yes
                    IdentityAgent none
                    PreferredAuthentications publickey
                    UserKnownHostsFile %s
                    GlobalKnownHostsFile /dev/null
                    StrictHostKeyChecking yes
                """.formatted(address, port, ClientCiphers.QUICKEST_FIRST, quoted(knownHosts)));
        folder.writePrivate(folder.resolve("ssh_config"), text.toString());
    }

    private static String quoted(Path path) {
        return '"' + path.toString() + '"';
    }
}
