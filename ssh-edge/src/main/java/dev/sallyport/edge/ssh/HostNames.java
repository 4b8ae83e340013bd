package dev.sallyport.edge.ssh;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/// The names and addresses under which clients reach a door: what its host certificates are for.
public final class HostNames {

    private static final List<String> LOOPBACK = List.of("localhost", "127.0.0.1", "::1");

    private HostNames() {}

    /// What an operator names, this machine's name, and what follows from where the door listens: the address
    /// itself, or every address of the machine when it listens on all of them.
    ///
    /// @throws IOException when the machine's addresses cannot be listed
    public static List<String> of(Collection<String> named, InetSocketAddress listens) throws IOException {
        var names = new TreeSet<String>();
        named.forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
        var address = listens.getAddress();
        if (address == null) {
            throw new IOException("there is no address " + listens.getHostString());
        }
        if (address.isAnyLocalAddress()) {
            names.addAll(LOOPBACK);
            for (var network : NetworkInterface.networkInterfaces().toList()) {
                network.inetAddresses().forEach(one -> names.add(text(one)));
            }
        } else {
            names.add(text(address));
            names.add(listens.getHostString().toLowerCase(Locale.ROOT));
            if (address.isLoopbackAddress()) {
                names.addAll(LOOPBACK);
            }
        }
        try {
            names.add(InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT));
        } catch (UnknownHostException nameless) {
            // a machine without a name is reached by its addresses
        }
        return List.copyOf(names);
    }

    /// As OpenSSH writes it: no scope after an IPv6 address, and no `0:0:` where `::` would do.
    private static String text(InetAddress address) {
        var text = address.getHostAddress();
        int scope = text.indexOf('%');
        return (scope < 0 ? text : text.substring(0, scope)).replaceFirst("(^|:)(0(:|$)){2,}", "::");
    }
}
