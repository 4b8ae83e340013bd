package dev.sallyport.inspect.sql.postgres;

/// What may be spent on the conditions of one statement, however they are nested in one another.
final class Steps {

    private static final int MOST = 4_000_000;

    private int taken;

    /// @throws NotUnderstood when there were too many
    void one() {
        if (++taken > MOST) {
            throw new NotUnderstood("its conditions are too long to be compared");
        }
    }
}
