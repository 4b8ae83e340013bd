package dev.sallyport.control.http;

import dev.sallyport.api.Problem;
import dev.sallyport.api.Problem.FieldError;
import java.util.List;

/// The request is answered with a problem instead of what it asked for.
public final class Declined extends Exception {

    private static final long serialVersionUID = 1;

    private final transient Problem problem;

    public Declined(Problem problem) {
        super(problem.detail());
        this.problem = problem;
    }

    public Declined(Problem.Type type, String detail) {
        this(Problem.of(type, detail));
    }

    /// One field is wrong.
    public static Declined field(String field, String detail) {
        return new Declined(Problem.invalid(List.of(new FieldError(field, detail))));
    }

    /// What is not there, and what is another tenant's: one answer.
    public static Declined notFound() {
        return new Declined(Problem.Type.NOT_FOUND, "There is nothing here, or nothing that this key may see.");
    }

    public static Declined forbidden() {
        return new Declined(Problem.Type.FORBIDDEN, "This key may not do that. Ask an admin of your tenant.");
    }

    public Problem problem() {
        return problem;
    }
}
