package dev.sallyport.core.session;

/// A terminal as the client asked for it (RFC 4254, section 6.2).
///
/// @param modes the encoded terminal modes of the request, as sent (RFC 4254, section 8)
public record Pty(String term, int columns, int rows, int widthPixels, int heightPixels, byte[] modes) {

    private static final int LARGEST = 10_000;

    public Pty {
        if (!term.matches("[A-Za-z0-9._+-]{0,64}")) {
            term = "dumb";
        }
        columns = Math.clamp(columns, 0, LARGEST);
        rows = Math.clamp(rows, 0, LARGEST);
    }
}
