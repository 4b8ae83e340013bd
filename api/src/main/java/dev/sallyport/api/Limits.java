package dev.sallyport.api;

import java.time.Instant;

/// The bounds of what the API takes and gives.
public final class Limits {

    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999Z");

    /// Largest body of a request, in bytes.
    public static final int BODY = 1_048_576;

    /// Longest free text (a name, a reason, a description), in bytes of UTF-8.
    public static final int FREE_TEXT = 2_048;

    /// Most items on one page of a list.
    public static final int PAGE = 200;

    /// Items on a page when nobody says how many.
    public static final int DEFAULT_PAGE = 50;

    /// Most entries in a list or map of a request.
    public static final int ENTRIES = 256;

    /// Largest answer that the client reads, in bytes.
    public static final int ANSWER = 16_777_216;

    private Limits() {}

    /// Whether a time is one that RFC 3339 can write and every part can reckon with: from 1970 to 9999.
    public static boolean within(Instant time) {
        return !time.isBefore(Instant.EPOCH) && !time.isAfter(LAST);
    }
}
