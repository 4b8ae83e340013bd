package dev.sallyport.agent;

import dev.sallyport.agent.link.EdgeDoor;
import dev.sallyport.agent.link.EdgeLook;
import dev.sallyport.agent.process.Programs;
import dev.sallyport.core.agent.AgentKey;
import dev.sallyport.core.agent.BadAgentKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Looks at what an agent needs, and says what is missing. It changes nothing, shows no edge the agent's token, and
/// may be run beside the agent.
final class Doctor {

    /// How long each step of reaching something may take.
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private static final Set<PosixFilePermission> OTHERS = EnumSet.complementOf(EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE));

    private final Options options;
    private final Map<String, String> environment;
    private final Clock clock;
    private final List<Finding> findings = new ArrayList<>();

    private Doctor(Options options, Map<String, String> environment, Clock clock) {
        this.options = options;
        this.environment = environment;
        this.clock = clock;
    }

    /// Looks at everything, one thing after the other.
    ///
    /// @throws Usage when the options are no agent's
    static List<Finding> examine(Options options, Map<String, String> environment, Clock clock) throws Usage {
        var doctor = new Doctor(options, environment, clock);
        var doors = AgentMain.edges(options);
        var targets = targets(options);
        var types = AgentMain.types(options);
        var state = AgentMain.state(options);
        var key = doctor.key();
        key.ifPresent(found -> doctor.edge(new EdgeDoor(found.host(), found.port()), found));
        key.ifPresent(found -> doors.forEach(door -> doctor.edge(door, found)));
        doctor.state(state);
        options.all("secrets").forEach(folder -> doctor.secrets(Path.of(folder)));
        targets.forEach(doctor::target);
        doctor.programs(types);
        return doctor.findings;
    }

    private static List<EdgeDoor> targets(Options options) throws Usage {
        var targets = new ArrayList<EdgeDoor>();
        for (var text : options.all("target")) {
            try {
                targets.add(EdgeDoor.parse(text));
            } catch (IllegalArgumentException e) {
                throw new Usage("--target is HOST:PORT, and not " + text);
            }
        }
        return targets;
    }

    private Optional<AgentKey> key() throws Usage {
        var file = options.one("key-file").map(Path::of);
        try {
            var key = AgentMain.key(options, environment);
            findings.add(Finding.ok(
                    "key of agent " + key.token().name() + ", for the edge at " + key.host() + ":" + key.port()));
            if (file.isPresent() && openToOthers(file.get())) {
                findings.add(Finding.warn(
                        "others can read the key in " + file.get(), "chmod 600 it, and rotate the key if they did"));
            }
            return Optional.of(key);
        } catch (BadAgentKey e) {
            findings.add(Finding.fail("the key cannot be used", AgentMain.said(e)));
        } catch (IOException e) {
            findings.add(Finding.fail("the key cannot be read: " + AgentMain.said(e), "correct --key-file"));
        }
        findings.add(Finding.warn("the edge was not looked for", "the key says where it is: mend that first"));
        return Optional.empty();
    }

    private void edge(EdgeDoor door, AgentKey key) {
        var look = new EdgeLook(door, LONGEST);
        List<InetAddress> addresses;
        try {
            addresses = look.addresses();
            findings.add(Finding.ok("the edge's name " + door.host() + " is " + addresses.size() + " address(es)"));
        } catch (UnknownHostException e) {
            findings.add(Finding.fail(
                    "the edge's name " + door.host() + " is not known here", "look at this machine's DNS"));
            return;
        }
        addresses.forEach(address -> edge(look, address, key));
    }

    private void edge(EdgeLook look, InetAddress address, AgentKey key) {
        var where = address.getHostAddress() + " port " + look.door().port();
        try {
            look.reach(address);
            findings.add(Finding.ok("the edge answers by TCP at " + where));
        } catch (IOException e) {
            findings.add(Finding.fail(
                    "the edge cannot be reached at " + where + ": " + e.getMessage(),
                    "let this machine dial out to it, and see that the edge runs"));
            return;
        }
        try {
            var certificate = look.greet(address, key);
            findings.add(Finding.ok("the edge at " + where + " shows a certificate of the CA that the key pins"));
            findings.add(clock(certificate));
        } catch (IOException e) {
            findings.add(notTrusted(where, e));
        }
    }

    /// The edge tells its time to attached agents only, so the certificate is all there is to compare with.
    private Finding clock(X509Certificate certificate) {
        var now = clock.instant();
        var begin = certificate.getNotBefore().toInstant();
        var end = certificate.getNotAfter().toInstant();
        if (now.isBefore(begin) || now.isAfter(end)) {
            return Finding.fail(
                    "this machine's clock says " + now + ", outside the edge's certificate", "set the clock");
        }
        return Finding.ok("this machine's clock lies within the edge's certificate (" + begin + " to " + end
                + "); more cannot be compared, since an edge tells its time to attached agents only");
    }

    private static Finding notTrusted(String where, IOException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateExpiredException || cause instanceof CertificateNotYetValidException) {
                return Finding.fail(
                        "the certificate of the edge at " + where + " is not valid at this machine's time",
                        "compare the clocks of both");
            }
            if (cause instanceof CertificateException said && cause.getCause() == null) {
                return Finding.fail(
                        "the edge at " + where + " is not trusted: " + said.getMessage(),
                        "see that nothing on the way opens TLS, and that the key is this edge's");
            }
        }
        return Finding.fail(
                "no TLS 1.3 with the edge at " + where + ": " + e.getMessage(),
                "see that it is the edge's port for agents, and that nothing on the way opens TLS");
    }

    private void state(Path folder) {
        try {
            if (!Files.exists(folder)) {
                findings.add(
                        canBeMade(folder)
                                ? Finding.ok("the state folder " + folder + " is made at the first start")
                                : Finding.fail(
                                        "the state folder " + folder + " is not there and cannot be made",
                                        "make it, for the agent's account, or name another with --state"));
            } else if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
                findings.add(Finding.fail(
                        "the state folder " + folder + " cannot be written to",
                        "give it to the agent's account, or run this as that account"));
            } else if (openToOthers(folder)) {
                findings.add(Finding.warn(
                        "others can look into the state folder " + folder + " ("
                                + PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)) + ")",
                        "chmod 700 it; the agent does so when it starts"));
            } else {
                findings.add(Finding.ok("the state folder " + folder + " is the agent's alone"));
            }
        } catch (IOException e) {
            findings.add(Finding.fail("the state folder cannot be looked at: " + AgentMain.said(e), "correct --state"));
        }
    }

    private static boolean canBeMade(Path folder) {
        for (Path parent = folder.toAbsolutePath().getParent(); parent != null; parent = parent.getParent()) {
            if (Files.exists(parent)) {
                return Files.isDirectory(parent) && Files.isWritable(parent);
            }
        }
        return false;
    }

    private static boolean openToOthers(Path path) throws IOException {
        return Files.getPosixFilePermissions(path).stream().anyMatch(OTHERS::contains);
    }

    private void secrets(Path folder) {
        try (var files = Files.newDirectoryStream(folder)) {
            int count = 0;
            for (var file : files) {
                if (Files.isRegularFile(file) && !Files.isReadable(file)) {
                    findings.add(Finding.warn(
                            "the secret " + file + " cannot be read", "give it to the agent's account if it is used"));
                }
                count++;
            }
            findings.add(Finding.ok("the secrets folder " + folder + " is readable (" + count + " in it)"));
        } catch (IOException e) {
            findings.add(Finding.fail(
                    "the secrets folder cannot be read: " + AgentMain.said(e),
                    "make it readable for the agent's account, or leave out --secrets"));
        }
    }

    private void target(EdgeDoor target) {
        var look = new EdgeLook(target, LONGEST);
        try {
            for (var address : look.addresses()) {
                look.reach(address);
            }
            findings.add(Finding.ok("the target " + target + " answers by TCP"));
        } catch (UnknownHostException e) {
            findings.add(Finding.fail(
                    "the target's name " + target.host() + " is not known here", "look at the machine's DNS"));
        } catch (IOException e) {
            findings.add(Finding.fail(
                    "the target " + target + " cannot be reached: " + e.getMessage(),
                    "let this machine connect to it, and see that it runs"));
        }
    }

    private void programs(Set<String> types) {
        var problem = types.contains("custom") ? Programs.problem() : Optional.<String>empty();
        problem.ifPresent(why -> findings.add(
                Finding.warn("connections of type custom are refused: " + why, "mend that, or leave the type out")));
        boolean root = Programs.startedAsRoot();
        if (types.contains("custom") && !root) {
            findings.add(Finding.warn(
                    "programs of custom connections run as the agent's own account",
                    "start it as root if they are to run as others"));
        }
        options.all("run-as").forEach(this::account);
        var can = Agent.capabilities(types, problem.isEmpty(), root);
        findings.add(Finding.ok("this agent opens and enforces: " + String.join(", ", can)));
    }

    private void account(String name) {
        try {
            findings.add(
                    Programs.knows(name)
                            ? Finding.ok("the account " + name + " is on this machine")
                            : Finding.fail(
                                    "the account " + name + " is not on this machine", "add it, or correct --run-as"));
        } catch (IOException e) {
            findings.add(
                    Finding.fail("the account " + name + " cannot be looked up: " + e.getMessage(), "look at NSS"));
        }
    }
}
