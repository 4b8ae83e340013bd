package dev.sallyport.standalone.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Keys and certificates by the `ssh-keygen` that every OpenSSH client brings.
record SshKeygen(Path folder) {

    /// A key pair `name` and `name.pub`, kept when it is there.
    Path key(String name) throws IOException, InterruptedException {
        var file = folder.resolve(name);
        if (!Files.exists(file)) {
            run(List.of(
                    "ssh-keygen",
                    "-q",
                    "-t",
                    "ed25519",
                    "-N",
                    "",
                    "-C",
                    name + "@sallyport-demo",
                    "-f",
                    file.toString()));
        }
        return file;
    }

    /// Certifies `key` for `principals`, for 52 weeks, with a terminal and port forwarding: `key-cert.pub` beside it.
    void certify(Path ca, Path key, String keyId, List<String> principals) throws IOException, InterruptedException {
        run(List.of(
                "ssh-keygen",
                "-q",
                "-s",
                ca.toString(),
                "-I",
                keyId,
                "-n",
                String.join(",", principals),
                "-V",
                "-1m:+52w",
                "-O",
                "clear",
                "-O",
                "permit-pty",
                "-O",
                "permit-port-forwarding",
                key + ".pub"));
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        var result = Program.run(command);
        if (result.status() != 0) {
            throw new IOException("ssh-keygen failed: " + result.output());
        }
    }
}
