package dev.sallyport.api;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An answer that is not a success (RFC 9457, `application/problem+json`).
///
/// @param type one of the names in [Problem.Type], as `https://sallyport.dev/problems/NAME`
/// @param detail one or two sentences for people, with what to do next; never repeats input
/// @param errors for [Type#INVALID]: which fields, and what is wrong with each
@Json(naming = Json.Naming.LowerUnderscore)
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        @Nullable List<FieldError> errors) {

    /// The media type of a problem.
    public static final String MEDIA_TYPE = "application/problem+json";

    private static final String BASE = "https://sallyport.dev/problems/";

    /// The kinds of problems. The name is part of the API and never changes.
    public enum Type {
        INVALID(400, "invalid", "The request is not valid"),
        UNAUTHENTICATED(401, "unauthenticated", "No valid key"),
        FORBIDDEN(403, "forbidden", "Not allowed"),
        NOT_FOUND(404, "not-found", "Not found"),
        METHOD_NOT_ALLOWED(405, "method-not-allowed", "Not a method of this resource"),
        CONFLICT(409, "conflict", "In conflict with what is there"),
        /// There may be no more of these: a quota of the tenant, or a bound of ours.
        LIMIT(409, "limit", "A limit is reached"),
        /// A recording was deleted.
        DELETED(410, "deleted", "Deleted"),
        PRECONDITION_FAILED(412, "precondition-failed", "Changed since it was read"),
        TOO_LARGE(413, "too-large", "Too large"),
        NOT_JSON(415, "not-json", "Not JSON"),
        REUSED_KEY(422, "reused-key", "An idempotency key of another request"),
        TOO_MANY_REQUESTS(429, "too-many-requests", "Too many requests"),
        FAILED(500, "failed", "The server failed"),
        UNAVAILABLE(503, "unavailable", "Not available at the moment");

        private final int status;
        private final String name;
        private final String title;

        Type(int status, String name, String title) {
            this.status = status;
            this.name = name;
            this.title = title;
        }

        public int status() {
            return status;
        }

        public String uri() {
            return BASE + name;
        }
    }

    /// What is wrong with one field.
    ///
    /// @param field as a path in the request's body (`custom.entrypoint`), or a parameter's name
    @Json(naming = Json.Naming.LowerUnderscore)
    public record FieldError(String field, String detail) {}

    public static Problem of(Type type, String detail) {
        return new Problem(type.uri(), type.title, type.status, detail, null);
    }

    public static Problem invalid(List<FieldError> errors) {
        var first = errors.getFirst();
        return new Problem(
                Type.INVALID.uri(),
                Type.INVALID.title,
                Type.INVALID.status,
                first.field() + ": " + first.detail(),
                List.copyOf(errors));
    }

    public boolean is(Type kind) {
        return type.equals(kind.uri());
    }
}
