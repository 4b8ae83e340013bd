package dev.sallyport.control.http;

import dev.sallyport.api.ApiJson;
import dev.sallyport.api.Problem;
import dev.sallyport.core.apikey.ApiKey.Role;
import dev.sallyport.core.apikey.Scope;
import dev.sallyport.core.apikey.Scope.Verb;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Finds the route of a request: by method and path template, such as `/v1/users/{user}`.
///
/// Each route says who may take it; a route that says nothing cannot be written.
public final class Router {

    private static final String IF_MATCH = "if-match";

    /// Longest path, in characters.
    private static final int LONGEST_PATH = 4_096;

    /// Who may read what others did.
    public static final Set<Role> READERS = Set.of(Role.ADMIN, Role.AUDITOR);

    /// Who may change things.
    public static final Set<Role> ADMINS = Set.of(Role.ADMIN);

    /// Every key.
    public static final Set<Role> ALL = Set.copyOf(EnumSet.allOf(Role.class));

    /// What a route does for a caller.
    @FunctionalInterface
    public interface Action {
        Answer answer(Caller caller, Call call) throws Declined;
    }

    /// What a route does for whoever comes: it must prove the right to it itself.
    @FunctionalInterface
    public interface OpenAction {
        Answer answer(Call call) throws Declined;
    }

    /// A request on its route.
    ///
    /// @param path the values of the template's names, decoded
    public record Call(Request request, Map<String, String> path) {

        /// The part of the path that stands for `name` in the template.
        public String part(String name) {
            var value = path.get(name);
            if (value == null) {
                throw new IllegalArgumentException("no {" + name + "} in this route's template");
            }
            return value;
        }

        /// Declines when the sender wants to change something else than what is shown so now (`If-Match`, RFC
        /// 9110, section 13.1.1).
        public void expect(Object shown) throws Declined {
            var wanted = request.header(IF_MATCH);
            if (wanted.isPresent() && !EntityTag.named(wanted.get(), EntityTag.of(ApiJson.write(shown)))) {
                throw new Declined(
                        Problem.Type.PRECONDITION_FAILED,
                        "This has changed since you read it. Read it again, and decide again.");
            }
        }
    }

    /// A route: method and template, for the document's test and the permission table.
    ///
    /// @param conditional whether it honours `If-Match`
    public record Route(String method, String template, Set<Role> roles, boolean open, boolean conditional) {

        private static final String ME = "/v1/me";

        /// What a key with scopes must have to take it: the noun is the head of the path. None for routes without a
        /// key, and for the one that says who the key is.
        public Optional<Scope> scope() {
            return open || template.equals(ME)
                    ? Optional.empty()
                    : Optional.of(new Scope(template.split("/", -1)[2], method.equals("GET") ? Verb.READ : Verb.WRITE));
        }
    }

    private record Entry(Route route, List<String> segments, Action action, OpenAction openAction) {}

    private static final Action NO_ACTION = (caller, call) -> {
        throw Declined.notFound();
    };
    private static final OpenAction NOT_OPEN = call -> {
        throw Declined.notFound();
    };

    private final List<Entry> entries = new ArrayList<>();

    public Router route(String method, String template, Set<Role> roles, Action action) {
        entries.add(new Entry(new Route(method, template, roles, false, false), split(template), action, NOT_OPEN));
        return this;
    }

    /// A route that changes something, and whose action says what is there to [Call#expect].
    public Router change(String method, String template, Set<Role> roles, Action action) {
        entries.add(new Entry(new Route(method, template, roles, false, true), split(template), action, NOT_OPEN));
        return this;
    }

    /// A route that needs no key.
    public Router open(String method, String template, OpenAction action) {
        entries.add(new Entry(new Route(method, template, Set.of(), true, false), split(template), NO_ACTION, action));
        return this;
    }

    public List<Route> routes() {
        return entries.stream().map(Entry::route).toList();
    }

    /// How a caller is found behind a request.
    @FunctionalInterface
    public interface Authentication {

        /// @throws Declined when there is no key that counts
        Caller caller(Request request) throws Declined;
    }

    /// Answers a request. Nobody without a key learns which routes there are.
    Answer answer(Request request, Authentication authentication, OnceOnly onceOnly) throws Declined {
        if (request.method().equals("HEAD")) {
            return answer(request.asGet(), authentication, onceOnly).withoutBody();
        }
        var path = request.path().length() > LONGEST_PATH ? List.<String>of() : split(request.path());
        for (var entry : entries) {
            if (entry.route().open() && entry.route().method().equals(request.method())) {
                var parts = match(entry.segments(), path);
                if (parts.isPresent()) {
                    return entry.openAction()
                            .answer(new Call(request, parts.get()))
                            .tagged(request);
                }
            }
        }
        var caller = authentication.caller(request);
        var methods = new TreeSet<String>();
        for (var entry : entries) {
            var parts = entry.route().open() ? Optional.<Map<String, String>>empty() : match(entry.segments(), path);
            if (parts.isEmpty()) {
                continue;
            }
            if (entry.route().method().equals(request.method())) {
                if (!entry.route().roles().contains(caller.role())) {
                    throw Declined.forbidden();
                }
                var lacking =
                        entry.route().scope().filter(scope -> !caller.key().has(scope));
                if (lacking.isPresent()) {
                    throw Declined.outOfScope(lacking.get());
                }
                if (request.header(IF_MATCH).isPresent() && !entry.route().conditional()) {
                    throw Declined.field("If-Match", "is not for this request: nothing was done");
                }
                var call = new Call(request, parts.get());
                var answer =
                        onceOnly.answer(caller, request, () -> entry.action().answer(caller, call));
                return request.method().equals("POST") ? answer : answer.tagged(request);
            }
            methods.add(entry.route().method());
        }
        if (methods.isEmpty()) {
            throw Declined.notFound();
        }
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        methods.add("OPTIONS");
        var allowed = String.join(", ", methods);
        if (request.method().equals("OPTIONS")) {
            return Answer.nothing().with("Allow", allowed);
        }
        return Answer.problem(Problem.of(Problem.Type.METHOD_NOT_ALLOWED, "This resource knows " + allowed + "."))
                .with("Allow", allowed);
    }

    private static List<String> split(String path) {
        return List.of(path.split("/", -1));
    }

    private static Optional<Map<String, String>> match(List<String> template, List<String> path) {
        if (template.size() != path.size()) {
            return Optional.empty();
        }
        var parts = new HashMap<String, String>();
        for (int i = 0; i < template.size(); i++) {
            var wanted = template.get(i);
            var found = path.get(i);
            if (wanted.startsWith("{")) {
                var decoded = decoded(found);
                if (decoded.isEmpty() || decoded.get().isEmpty()) {
                    return Optional.empty();
                }
                parts.put(wanted.substring(1, wanted.length() - 1), decoded.get());
            } else if (!wanted.equals(found)) {
                return Optional.empty();
            }
        }
        return Optional.of(parts);
    }

    private static Optional<String> decoded(String segment) {
        try {
            return Optional.of(URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
