package dev.sallyport.cli.declared;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The lines of a `known_hosts` file (sshd(8)): which keys a host is known by. Lines with a marker, such as those of
/// authorities and of revoked keys, are passed over, and so are patterns: none of them is the key of one host.
final class KnownHosts {

    private static final int DEFAULT_PORT = 22;

    private final List<String> lines;

    KnownHosts(List<String> lines) {
        this.lines = List.copyOf(lines);
    }

    /// The keys of a host, as `host_keys` of a connection has them.
    List<String> keys(String host, int port) {
        var name = port == DEFAULT_PORT ? host : "[" + host + "]:" + port;
        var keys = new ArrayList<String>();
        for (var line : lines) {
            var words = line.strip().split("\\s+", 4);
            if (words.length >= 3
                    && !words[0].startsWith("@")
                    && !words[0].startsWith("#")
                    && Arrays.stream(words[0].split(",", -1)).anyMatch(one -> names(one, name))) {
                keys.add(words[1] + " " + words[2]);
            }
        }
        return keys;
    }

    private static boolean names(String field, String name) {
        return field.startsWith("|1|") ? hashed(field, name) : field.equalsIgnoreCase(name);
    }

    /// `|1|SALT|HASH`: HMAC-SHA1 of the name under the salt.
    private static boolean hashed(String field, String name) {
        var parts = field.split("\\|", -1);
        if (parts.length != 4) {
            return false;
        }
        try {
            var mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(Base64.getDecoder().decode(parts[2]), "HmacSHA1"));
            return MessageDigest.isEqual(
                    mac.doFinal(name.getBytes(StandardCharsets.UTF_8)),
                    Base64.getDecoder().decode(parts[3]));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }
}
