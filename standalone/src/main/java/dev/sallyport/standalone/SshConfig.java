package dev.sallyport.standalone;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/// The `ssh_config` and `known_hosts` of an instance, for plain `ssh -F`: absolute paths, host verification by the
/// edge's
/// host CA, and nothing of the user's own configuration.
record SshConfig(InstanceFolder folder, String address, int port, String hostCa) {

    /// Writes both files.
    ///
    /// @param users who has a key and a certificate in `keys/`
    /// @param connections names that become `user+connection` hosts
    void write(List<String> users, Collection<String> connections) {
        var knownHosts = folder.resolve("known_hosts");
        folder.writePrivate(knownHosts, "@cert-authority [" + address + "]:" + port + " " + hostCa.strip() + "\n");
        var text = new StringBuilder("# Written by Sallyport at each start.  ssh -F this-file alice bash\n\n");
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
            text.append("Host ").append(user).append(' ').append(user).append("+*\n");
            text.append("    User ").append(user).append('\n');
            text.append("    IdentityFile ").append(quoted(key)).append('\n');
            text.append("    CertificateFile ")
                    .append(quoted(Path.of(key + "-cert.pub")))
                    .append("\n\n");
        }
        text.append("""
                Host *
                    HostName %s
                    Port %d
                    IdentitiesOnly yes
                    IdentityAgent none
                    PreferredAuthentications publickey
                    UserKnownHostsFile %s
                    GlobalKnownHostsFile /dev/null
                    StrictHostKeyChecking yes
                """.formatted(address, port, quoted(knownHosts)));
        folder.writePrivate(folder.resolve("ssh_config"), text.toString());
    }

    private static String quoted(Path path) {
        return '"' + path.toString() + '"';
    }
}
