package dev.sallyport.tests.bench;

/// What a JVM takes to do nothing.
public final class Empty {

    private Empty() {}

    public static void main(String[] none) {
        // nothing
    }
}
