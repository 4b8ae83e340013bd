package dev.sallyport.cli.ssh;

import dev.sallyport.api.Refused;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Run;
import java.io.IOException;
import java.util.regex.Pattern;

/// Where the SSH door is, and the CA by which it proves to be it.
///
/// @param hostCa a public key, `TYPE BASE64`
record Door(String host, int port, String hostCa) {

    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9:][A-Za-z0-9.:-]{0,252}");
    private static final Pattern KEY = Pattern.compile("([a-z0-9@.-]{1,64} [A-Za-z0-9+/=]{16,8192})( .*)?");

    /// As the configuration says, else as the API knows it.
    static Door find(Run run) throws IOException, Refused, Failure {
        var configuration = run.configuration();
        if (configuration.sshHost().isPresent() && configuration.hostCa().isPresent()) {
            return of(
                    run,
                    configuration.sshHost().get(),
                    configuration.sshPort().orElse(12_222),
                    configuration.hostCa().get());
        }
        var known = run.client().me().ssh();
        var hostCa = known == null ? null : known.hostCa();
        if (known == null || hostCa == null) {
            throw Failure.failed("nobody knows where the SSH door is: write \"ssh_host\", \"ssh_port\" and \"host_ca\""
                    + " into " + configuration.path() + ".");
        }
        return of(
                run,
                configuration.sshHost().orElse(known.host()),
                configuration.sshPort().orElse(known.port()),
                configuration.hostCa().orElse(hostCa));
    }

    /// Nothing goes into a configuration of ssh that could be more than a value there.
    private static Door of(Run run, String host, int port, String hostCa) throws Failure {
        var key = KEY.matcher(hostCa.strip());
        if (!HOST.matcher(host).matches() || port < 1 || port > 65_535 || !key.matches()) {
            throw Failure.failed("the SSH door's address or host CA is not in order; see "
                    + run.configuration().path() + " and  sally status.");
        }
        return new Door(host, port, key.group(1));
    }

    /// The line for a known-hosts file.
    String knownHosts() {
        return "@cert-authority " + (port == 22 ? host : "[" + host + "]:" + port) + " " + hostCa;
    }
}
