package dev.sallyport.standalone.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The account that the demo's commands run as.
///
/// Started as root, that is `sallyport-demo`, a system account without a password, made when it is missing; else
/// whoever started us.
record Account(String name, Optional<String> runAs) {

    private static final String DEMO = "sallyport-demo";

    static Account forDemo() throws IOException, InterruptedException {
        var me = System.getProperty("user.name");
        if (!me.equals("root")) {
            return new Account(me, Optional.empty());
        }
        if (exists()) {
            return new Account(DEMO, Optional.of(DEMO));
        }
        // A password of '*' never matches and is not "locked", which sshd would refuse even for keys.
        var made = Program.run(List.of(
                "useradd",
                "--system",
                "--create-home",
                "--shell",
                "/bin/bash",
                "--password",
                "*",
                "--comment",
                "Sallyport demo",
                DEMO));
        if (made.status() != 0) {
            throw new IOException("could not make the account " + DEMO + ": " + made.output());
        }
        return new Account(DEMO, Optional.of(DEMO));
    }

    private static boolean exists() throws IOException {
        return Files.readAllLines(Path.of("/etc/passwd")).stream().anyMatch(line -> line.startsWith(DEMO + ":"));
    }
}
