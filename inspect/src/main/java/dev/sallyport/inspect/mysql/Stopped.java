package dev.sallyport.inspect.mysql;

/// A client or a server that is not let in, or does not let us in; the message is a sentence for the user.
final class Stopped extends Exception {

    private static final long serialVersionUID = 1;

    Stopped(String sentence) {
        super(sentence, null, false, false);
    }

    String sentence() {
        return String.valueOf(getMessage());
    }
}
