package dev.sallyport.core.certificate;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// A list of networks: `ADDRESS[/LENGTH]`, separated by commas, as in the critical option `source-address` of
/// an OpenSSH certificate (`ssh-keygen(1)`).
///
/// Fails closed: a list with an entry that cannot be read contains nothing. Addresses are literals; no name is
/// ever looked up. An IPv4 address mapped into IPv6 is the IPv4 address.
public record SourceAddresses(List<Network> networks) {

    /// Most networks in a list.
    public static final int MOST = 256;

    /// No address at all.
    public static final SourceAddresses NONE = new SourceAddresses(List.of());

    private static final Pattern LITERAL =
            Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:]*(:[0-9.]+)?");

    /// One network: the first `length` bits of `address` count.
    public record Network(byte[] address, int length) {

        boolean contains(byte[] other) {
            if (other.length != address.length) {
                return false;
            }
            for (int bit = 0; bit < length; bit += 8) {
                int mask = length - bit >= 8 ? 0xff : 0xff << (8 - (length - bit));
                if (((address[bit / 8] ^ other[bit / 8]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    public SourceAddresses {
        networks = List.copyOf(networks);
    }

    public static SourceAddresses parse(String list) {
        var networks = new ArrayList<Network>();
        for (var entry : list.split(",", MOST + 1)) {
            var text = entry.strip();
            int slash = text.indexOf('/');
            var address = literal(slash < 0 ? text : text.substring(0, slash));
            if (address.length == 0 || networks.size() == MOST) {
                return NONE;
            }
            int length = address.length * 8;
            if (slash >= 0) {
                var digits = text.substring(slash + 1);
                if (!digits.matches("[0-9]{1,3}") || Integer.parseInt(digits) > length) {
                    return NONE;
                }
                length = Integer.parseInt(digits);
            }
            networks.add(new Network(address, length));
        }
        return new SourceAddresses(networks);
    }

    /// Whether the address, a literal, is in one of the networks.
    public boolean contains(String address) {
        var bytes = literal(address);
        return bytes.length > 0 && networks.stream().anyMatch(network -> network.contains(bytes));
    }

    private static byte[] literal(String text) {
        int zone = text.indexOf('%');
        var address = zone < 0 ? text : text.substring(0, zone);
        if (!LITERAL.matcher(address).matches()) {
            return new byte[0];
        }
        try {
            return InetAddress.getByName(address).getAddress();
        } catch (UnknownHostException notALiteral) {
            return new byte[0];
        }
    }
}
