package dev.sallyport.agent.ssh;

import dev.sallyport.core.session.SessionRequest;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// What `direct-tcpip` may reach from a target: `host:port` patterns, with `*` for anything within a label, or
/// for any port.
///
/// Addresses of the machine itself and of cloud metadata, and numbers in unusual spelling, which may stand for
/// one, count only when a pattern names them to the letter.
final class Forwards {

    private static final Pattern DOTTED = Pattern.compile(
            "(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\\.){3}(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])");
    private static final Pattern NUMBERS = Pattern.compile("[0-9a-fx.]+");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:%-]{1,253}");

    private Forwards() {}

    /// Whether one of the patterns allows the target to be asked for this.
    static boolean allow(List<String> patterns, SessionRequest.Forward forward) {
        if (!HOST.matcher(forward.host()).matches() || forward.port() < 1 || forward.port() > 65_535) {
            return false;
        }
        var host = forward.host().toLowerCase(Locale.ROOT);
        if (host.endsWith(".")) {
            host = host.substring(0, host.length() - 1);
        }
        var asked = host;
        boolean delicate = delicate(asked);
        return patterns.stream().anyMatch(pattern -> matches(pattern, asked, forward.port(), delicate));
    }

    private static boolean matches(String pattern, String host, int port, boolean delicate) {
        int colon = pattern.lastIndexOf(':');
        if (colon < 1) {
            return false;
        }
        var ports = pattern.substring(colon + 1);
        if (!ports.equals("*") && !ports.equals(Integer.toString(port))) {
            return false;
        }
        var hosts = pattern.substring(0, colon).toLowerCase(Locale.ROOT);
        if (hosts.startsWith("[") && hosts.endsWith("]")) {
            hosts = hosts.substring(1, hosts.length() - 1);
        }
        if (hosts.equals(host)) {
            return true;
        }
        if (delicate) {
            return false;
        }
        var expression = new StringBuilder();
        for (int i = 0; i < hosts.length(); i++) {
            expression.append(hosts.charAt(i) == '*' ? "[^.:]*" : Pattern.quote(String.valueOf(hosts.charAt(i))));
        }
        return Pattern.matches(expression.toString(), host);
    }

    private static boolean delicate(String host) {
        if (host.equals("localhost")
                || host.endsWith(".localhost")
                || host.endsWith(".localdomain")
                || host.startsWith("ip6-")
                || host.equals("metadata")
                || host.startsWith("metadata.")
                || host.equals("instance-data")
                || host.startsWith("instance-data.")) {
            return true;
        }
        if (!host.contains(":") && !DOTTED.matcher(host).matches()) {
            // 127.1, 0x7f000001, 2130706433
            return NUMBERS.matcher(host).matches() && Character.isDigit(host.charAt(0));
        }
        if (host.contains("%")) {
            return true;
        }
        try {
            var address = InetAddress.ofLiteral(host);
            return address.isLoopbackAddress()
                    || address.isAnyLocalAddress()
                    || address.isLinkLocalAddress()
                    || address.isMulticastAddress()
                    || address.getHostAddress().equals("fd00:ec2:0:0:0:0:0:254")
                    || host.startsWith("::") // addresses in the old, embedded form
                    || host.startsWith("64:ff9b:")
                    || address.getHostAddress().equals("100.100.100.200")
                    || address.getHostAddress().equals("168.63.129.16");
        } catch (IllegalArgumentException e) {
            return true;
        }
    }
}
