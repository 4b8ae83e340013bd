package dev.sallyport.control.http;

import dev.sallyport.api.Problem;
import dev.sallyport.api.Problem.FieldError;
import dev.sallyport.core.apikey.Scope;
import java.util.List;
import java.util.Map;

/// The request is answered with a problem instead of what it asked for.
public final class Declined extends Exception {

    private static final long serialVersionUID = 1;

    private final transient Problem problem;
    private final transient Map<String, String> headers;

    public Declined(Problem problem) {
        this(problem, Map.of());
    }

    private Declined(Problem problem, Map<String, String> headers) {
        super(problem.detail());
        this.problem = problem;
        this.headers = headers;
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

    /// The key's role may, and its scopes do not let it.
    static Declined outOfScope(Scope needed) {
        return new Declined(
                Problem.Type.FORBIDDEN,
                "This key's scopes do not let it do that: it takes " + needed
                        + ". An admin makes keys with other scopes.");
    }

    /// The same, and the answer has a header.
    Declined with(String name, String value) {
        return new Declined(problem, Map.of(name, value));
    }

    Answer answer() {
        var answer = Answer.problem(problem);
        for (var header : headers.entrySet()) {
            answer = answer.with(header.getKey(), header.getValue());
        }
        return answer;
    }

    public Problem problem() {
        return problem;
    }
}
