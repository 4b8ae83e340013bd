package dev.sallyport.api;

/// The API answered with a problem.
public final class Refused extends Exception {

    private static final long serialVersionUID = 1;

    private final transient Problem problem;

    public Refused(Problem problem) {
        super(problem.detail());
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }
}
