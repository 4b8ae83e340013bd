package dev.sallyport.inspect.sql.mysql;

/// What may be spent on finding out what one statement means: names and conditions can stand for many others.
final class Steps {

    private static final int MOST = 2_000_000;

    private int taken;

    void one() {
        some(1);
    }

    /// @throws NotUnderstood when there were too many
    void some(int more) {
        taken += more;
        if (taken > MOST) {
            throw new NotUnderstood("it is too intricate");
        }
    }
}
