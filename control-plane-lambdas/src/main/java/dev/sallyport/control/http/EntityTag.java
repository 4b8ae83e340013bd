package dev.sallyport.control.http;

import dev.sallyport.core.hash.Sha256;
import java.util.Arrays;

/// What tells one state of a resource from another: a hash of what is shown of it (RFC 9110, section 8.8.3). Always
/// strong.
final class EntityTag {

    private static final int LENGTH = 32;

    private EntityTag() {}

    /// The tag of a body.
    static String of(byte[] body) {
        return '"' + Sha256.of(body).hex().substring(0, LENGTH) + '"';
    }

    /// Whether `header`, an `If-Match` or `If-None-Match`, names the tag.
    static boolean named(String header, String tag) {
        return Arrays.stream(header.split(",", -1))
                .map(String::strip)
                .anyMatch(one -> one.equals("*") || one.equals(tag));
    }
}
