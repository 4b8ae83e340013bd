package dev.sallyport.inspect.mysql;

/// What one side said is none of this protocol, or more than we take. The message repeats nothing of it.
final class Malformed extends Exception {

    private static final long serialVersionUID = 1;

    Malformed(String what) {
        super(what, null, false, false);
    }

    String what() {
        return String.valueOf(getMessage());
    }
}
