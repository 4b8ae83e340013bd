package dev.sallyport.cli.run;

/// Ends the program with a sentence on stderr and an exit code. The sentence says what to do next.
public final class Failure extends Exception {

    private static final long serialVersionUID = 1;

    private final int code;

    private Failure(int code, String sentence) {
        super(sentence);
        this.code = code;
    }

    /// Something did not work.
    public static Failure failed(String sentence) {
        return new Failure(ExitCode.FAILED, sentence);
    }

    /// The user has to say something else.
    public static Failure usage(String sentence) {
        return new Failure(ExitCode.USAGE, sentence);
    }

    /// It is not there, or not allowed.
    public static Failure refused(String sentence) {
        return new Failure(ExitCode.REFUSED, sentence);
    }

    /// The same, with something said before it.
    public Failure after(String words) {
        return new Failure(code, words + getMessage());
    }

    public int code() {
        return code;
    }
}
