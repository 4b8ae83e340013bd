package dev.sallyport.cli.admin;

import dev.sallyport.api.SshServer.Apply;
import dev.sallyport.api.SshServer.Ca;
import dev.sallyport.api.SshServer.Configuration;
import dev.sallyport.api.SshServer.PendingCa;
import dev.sallyport.cli.output.Facts;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Run;
import dev.sallyport.core.text.Escaped;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `sally admin sshserver`.
final class SshServerCommands {

    private SshServerCommands() {}

    private abstract static class Shown extends One<Configuration> {
        Shown(Run run) {
            super(run);
        }

        @Override
        Facts facts(Configuration one) {
            var facts = new Facts();
            for (Ca ca : one.trustedCas()) {
                facts.add("trusted CA", ca.fingerprint() + "  " + ca.publicKey());
            }
            if (one.trustedCas().isEmpty()) {
                facts.add("trusted CA", "none, so nobody can log in");
            }
            one.pendingCas().forEach(ca -> facts.add("not trusted yet", ca.fingerprint() + "  " + ca.publicKey()));
            facts.add("who it is", "the certificate's " + one.certAttr() + " is the user's " + one.userAttr());
            facts.add("listens at", one.listenAddress());
            var hostKeys = one.hostKeys();
            if (hostKeys != null) {
                hostKeys.forEach(key -> facts.add("host key", key));
            }
            return facts;
        }

        @Override
        void after(Configuration one) {
            for (var ca : one.pendingCas()) {
                run.say("the CA " + ca.fingerprint() + " is not trusted before you prove that you hold it. Within an"
                        + " hour, run this where its private key is, with that key's path for ./ca, and then"
                        + "  sally admin sshserver apply --proof ca.proof:");
                run.surroundings().err().println("  " + Escaped.of(ca.command()));
            }
            one.pendingCas().stream()
                    .map(PendingCa::replaces)
                    .filter(Objects::nonNull)
                    .flatMap(List::stream)
                    .distinct()
                    .forEach(old -> run.say("the CA " + old
                            + " stays trusted until every CA of the new list is proven, and no longer."));
        }
    }

    @Command(name = "get", header = "Show the configuration of the SSH door. No private key is in it.")
    static final class Get extends Shown {
        Get(Run run) {
            super(run);
        }

        @Override
        Configuration one() throws Exception {
            return client().sshServer();
        }
    }

    @Command(
            name = "apply",
            header = "Change the configuration of the SSH door; what is not named stays.",
            description = {
                "It counts for new connections at once; none that is alive is dropped. --trusted-ca replaces the",
                "whole list; where a new CA has yet to be proven, the old ones stay trusted until it is.",
                "--listen-address and --hosts-key belong to the operator of the edge."
            },
            footer = {
                "",
                "Examples:",
                "  sally admin sshserver apply --trusted-ca \"$(cat ca.pub)\" --cert-attr principal --user-attr email",
                "  sally admin sshserver apply --proof ca.proof"
            })
    static final class ApplyIt extends Shown {

        @Option(
                names = "--trusted-ca",
                paramLabel = "KEY",
                description = "A user CA's public key, as in ca.pub; may be given several times.")
        private @Nullable List<String> trustedCas;

        @Option(names = "--listen-address", paramLabel = "HOST:PORT", description = "Where the door listens.")
        private @Nullable String listenAddress;

        @Option(
                names = "--user-attr",
                paramLabel = "ATTRIBUTE",
                description = "The user's attribute that the certificate names: user_id, subject or email.")
        private @Nullable String userAttr;

        @Option(
                names = "--cert-attr",
                paramLabel = "FIELD",
                description = "The certificate's field that names the user: principal or key_id.")
        private @Nullable String certAttr;

        @Option(names = "--hosts-key", paramLabel = "FILE", description = "The door's private host keys.")
        private @Nullable Path hostsKey;

        @Option(
                names = "--proof",
                paramLabel = "FILE",
                description =
                        "What the line that  apply  printed for a new CA has written; may be given several times.")
        private List<Path> proofs = new ArrayList<>();

        ApplyIt(Run run) {
            super(run);
        }

        @Override
        Configuration one() throws Exception {
            if (trustedCas == null
                    && listenAddress == null
                    && userAttr == null
                    && certAttr == null
                    && hostsKey == null
                    && proofs.isEmpty()) {
                throw Failure.usage("say what to change, as in --trusted-ca \"$(cat ca.pub)\".");
            }
            List<String> proofTexts = new ArrayList<>();
            for (var proof : proofs) {
                proofTexts.add(ShortFile.text(run, proof));
            }
            return client().applySshServer(new Apply(
                    trustedCas == null
                            ? null
                            : trustedCas.stream().map(String::strip).toList(),
                    proofTexts.isEmpty() ? null : proofTexts,
                    certAttr,
                    userAttr,
                    listenAddress,
                    hostsKey == null ? null : ShortFile.text(run, hostsKey)));
        }
    }
}
