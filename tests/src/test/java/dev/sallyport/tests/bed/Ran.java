package dev.sallyport.tests.bed;

import java.nio.charset.StandardCharsets;

/// What a program did: its exit status and what it wrote.
public record Ran(int status, byte[] outBytes, byte[] errBytes) {

    public String out() {
        return new String(outBytes, StandardCharsets.UTF_8);
    }

    public String err() {
        return new String(errBytes, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "exit status " + status + "\n--- stdout\n" + shortened(out()) + "\n--- stderr\n" + shortened(err());
    }

    private static String shortened(String text) {
        return text.length() <= 4_000 ? text : text.substring(0, 4_000) + "… (" + text.length() + " characters)";
    }
}
