package dev.sallyport.inspect.masking;

import dev.sallyport.core.policy.EntityType;
import java.util.Set;

/// Addresses of machines.
final class Networks {

    /// Longest address of version 6, in bytes.
    static final int LONGEST_V6 = 39;

    private final boolean macs;
    private final boolean v4;
    private final boolean v6;

    Networks(Set<EntityType> types) {
        macs = types.contains(EntityType.MAC_ADDRESS);
        v4 = types.contains(EntityType.IPV4);
        v6 = types.contains(EntityType.IPV6);
    }

    /// Four numbers of 0 to 255 without leading zeros, at `start`, where a word begins.
    void ipv4(byte[] b, int from, int to, int start, Findings found) {
        if (!v4 || !Bytes.opensNumber(b, from, start)) {
            return;
        }
        int end = ipv4End(b, to, start);
        if (end > 0 && Bytes.closes(b, end, to) && !(end + 1 < to && b[end] == '.' && Bytes.digit(b[end + 1]))) {
            found.add(EntityType.IPV4, start, end);
        }
    }

    private static int ipv4End(byte[] b, int to, int start) {
        int at = start;
        for (int part = 0; part < 4; part++) {
            if (part > 0) {
                if (at >= to || b[at] != '.') {
                    return -1;
                }
                at++;
            }
            int number = 0;
            int first = at;
            while (at < to && at - first < 4 && Bytes.digit(b[at])) {
                number = number * 10 + b[at++] - '0';
            }
            int length = at - first;
            if (length == 0 || length > 3 || number > 255 || (length > 1 && b[first] == '0')) {
                return -1;
            }
        }
        return at;
    }

    /// Six pairs of hexadecimal digits with `:` or `-`, at `start`, where a word of two begins.
    void mac(byte[] b, int from, int to, int start, Findings found) {
        if (!macs || start + 17 > to || (start > from && (b[start - 1] == ':' || b[start - 1] == '-'))) {
            return;
        }
        int separator = b[start + 2];
        for (int i = 0; i < 17; i++) {
            byte c = b[start + i];
            if (i % 3 == 2 ? c != separator : Bytes.hex(c) < 0) {
                return;
            }
        }
        if (Bytes.closes(b, start + 17, to) && !(start + 17 < to && b[start + 17] == separator)) {
            found.add(EntityType.MAC_ADDRESS, start, start + 17);
        }
    }

    /// Groups of hexadecimal digits with `:` and at most one `::` (RFC 4291, section 2.2), with a decimal digit in
    /// it and at least three groups, so that names of a program's parts are none. At `start`, where a group or `::`
    /// is; all digits and colons that follow must be of it, but for one colon at the end.
    void ipv6(byte[] b, int from, int to, int start, Findings found) {
        if (!v6 || !Bytes.opens(b, from, start) || (start > from && b[start - 1] == ':')) {
            return;
        }
        int end = start;
        while (end < to && end - start <= LONGEST_V6 && (b[end] == ':' || Bytes.hex(b[end]) >= 0)) {
            end++;
        }
        if (end - start > 2 && b[end - 1] == ':' && b[end - 2] != ':') {
            end--;
        }
        if (end - start <= LONGEST_V6 && Bytes.closes(b, end, to) && isV6(b, start, end)) {
            found.add(EntityType.IPV6, start, end);
        }
    }

    private static boolean isV6(byte[] b, int start, int end) {
        int groups = 0;
        int length = 0;
        boolean gap = false;
        boolean digit = false;
        for (int i = start; i < end; i++) {
            if (b[i] != ':') {
                digit |= Bytes.digit(b[i]);
                if (length++ == 0) {
                    groups++;
                }
                if (length > 4) {
                    return false;
                }
            } else if (i + 1 < end && b[i + 1] == ':') {
                if (gap) {
                    return false;
                }
                gap = true;
                length = 0;
                i++;
            } else if (length == 0) {
                return false;
            } else {
                length = 0;
            }
        }
        return digit && (gap ? groups >= 3 && groups < 8 : groups == 8);
    }
}
