package dev.sallyport.cli.run;

/// How the program ends; scripts rely on these.
public final class ExitCode {

    public static final int OK = 0;

    /// It did not work: nothing answered, a file could not be written, the server failed.
    public static final int FAILED = 1;

    /// The command line is not one, or the API found a value invalid.
    public static final int USAGE = 2;

    /// What files declare is not what there is (`apply --check`).
    public static final int DIFFERENCE = 2;

    /// What was named is not there, or the key may not do this.
    public static final int REFUSED = 3;

    /// A recording is not what was recorded.
    public static final int NOT_VERIFIED = 4;

    private ExitCode() {}
}
