package dev.sallyport.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sallyport.api.Agents;
import dev.sallyport.api.Cas;
import dev.sallyport.api.Groups;
import dev.sallyport.api.Revocations;
import dev.sallyport.api.Revocations.NewRevocation;
import dev.sallyport.api.Rules;
import dev.sallyport.api.ServiceAccounts;
import dev.sallyport.api.Users;
import dev.sallyport.control.Bed.Reply;
import dev.sallyport.control.http.Router.Route;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Promise P5, without a clock: to ask for what another tenant has takes the same calls of the store as to ask for what
/// nobody has, call by call and item by item, and the answer is the same. So the time that it takes tells nothing.
///
/// Left out is only the bucket of the caller's own rate: it is written every tenth time, whatever is asked for.
final class SameCallsTest {

    private static final String ZEROS = "0".repeat(26);
    private static final String RATES = "#RATES";

    /// Time stands: an API key is marked as used once a minute, and this minute's time is the constructor's.
    private final Bed bed = new Bed(Clock.fixed(Instant.parse("2026-11-22T13:00:00Z"), ZoneOffset.UTC));

    private final Filled ours = new Filled(bed, "ours");
    private final Filled theirs = new Filled(bed, "theirs");

    SameCallsTest() {
        for (var key : List.of(ours.admin, ours.auditor, ours.alicesKey)) {
            assertThat(bed.get(key, "/v1/me").status()).isEqualTo(200);
        }
    }

    /// What came back, and what it took.
    private record Asked(int status, String text, List<List<String>> calls) {}

    private Asked ask(String method, String path, String key, Object body) {
        Reply reply = bed.call(method, path, key, body);
        var calls = Calls.last().stream()
                .map(call -> call.stream()
                        .filter(one -> !one.leadingKey().endsWith(RATES))
                        .map(one -> one.action() + " " + one.table() + " " + one.pattern())
                        .toList())
                .filter(call -> !call.isEmpty())
                .toList();
        return new Asked(reply.status(), reply.text(), calls);
    }

    /// Ids and names that are another tenant's, beside some of the same form that are nobody's.
    private Map<String, Map<String, String>> others() {
        bed.post(theirs.admin, "/v1/users", Filled.user("only-there", List.of()));
        bed.post(theirs.admin, "/v1/groups", new Groups.NewGroup("only-there"));
        bed.post(theirs.admin, "/v1/agents", new Agents.NewAgent("only-there", null));
        bed.post(theirs.admin, "/v1/connections", Filled.bash("only-there"));
        bed.post(theirs.admin, "/v1/service-accounts", account("only-there"));
        bed.post(theirs.admin, "/v1/guardrails", Filled.guardrail("only-there"));
        bed.post(theirs.admin, "/v1/masking-rules", Filled.maskingRule("only-there"));
        var revocation = bed.post(theirs.admin, "/v1/revocations", revocation("only there"))
                .as(Revocations.Revocation.class)
                .id();
        var ids = theirs.ids();
        var other = new HashMap<String, Map<String, String>>();
        other.put("tenant", Map.of(ids.get("tenant"), "ten_" + ZEROS));
        other.put("user", Map.of(ids.get("user"), "usr_" + ZEROS, "only-there@example.com", "not-at-all@example.com"));
        other.put("account", Map.of(ids.get("account"), "svc_" + ZEROS, "only-there", "not-at-all"));
        other.put("group", Map.of(ids.get("group"), "grp_" + ZEROS, "only-there", "not-at-all"));
        other.put("key", Map.of(ids.get("key"), "key_" + ZEROS));
        other.put("agent", Map.of(ids.get("agent"), "agt_" + ZEROS, "only-there", "not-at-all"));
        other.put("connection", Map.of(ids.get("connection"), "con_" + ZEROS, "only-there", "not-at-all"));
        other.put("test", Map.of(ids.get("test"), "tst_" + ZEROS));
        other.put("rule", Map.of(ids.get("rule"), "rul_" + ZEROS));
        other.put("guardrail", Map.of(ids.get("guardrail"), "grd_" + ZEROS, "only-there", "not-at-all"));
        other.put("masking_rule", Map.of(ids.get("masking_rule"), "msk_" + ZEROS, "only-there", "not-at-all"));
        other.put("ca", Map.of(ids.get("ca"), "0".repeat(43)));
        other.put("revocation", Map.of(revocation, changed(revocation)));
        var bob = new dev.sallyport.core.id.UserId(theirs.bob.id());
        var review = theirs.review(
                theirs.reviewed(),
                theirs.session(bob, theirs.bob.email()),
                dev.sallyport.core.id.EdgeId.next(bed.clock),
                "drop table t");
        other.put("review", Map.of(review.value(), "rev_" + ZEROS));
        other.put("session", Map.of(ids.get("session"), "ses_" + ZEROS));
        return other;
    }

    /// The id of a revocation says what is revoked.
    private static String changed(String revocation) {
        var text = new String(Base64.getUrlDecoder().decode(revocation), StandardCharsets.UTF_8);
        assertThat(text).contains("only there");
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(text.replace("only there", "not at all").getBytes(StandardCharsets.UTF_8));
    }

    private static NewRevocation revocation(String keyId) {
        return new NewRevocation("key_id", keyId, null, "x", null);
    }

    private static ServiceAccounts.ServiceAccountWrite account(String name) {
        return new ServiceAccounts.ServiceAccountWrite(name, null, List.of(), null);
    }

    /// What is sent to a route: what is wrong, and what would be done.
    private static List<Object> bodies(Route route) {
        var bodies = new ArrayList<Object>(List.of("{}", "not json", "{\"reason\":\"x\"}"));
        switch (route.method() + " " + route.template()) {
            case "PUT /v1/users/{user}" -> bodies.add(Filled.user("dave", List.of()));
            case "PUT /v1/service-accounts/{account}" -> bodies.add(account("robot"));
            case "PUT /v1/connections/{connection}" -> bodies.add(Filled.bash("another"));
            case "PUT /v1/access-rules/{rule}" -> bodies.add(rule("usr_" + ZEROS, List.of("engineers")));
            case "PUT /v1/guardrails/{guardrail}" -> bodies.add(Filled.guardrail("another"));
            case "PUT /v1/masking-rules/{masking_rule}" -> bodies.add(Filled.maskingRule("another"));
            case "POST /v1/cas/{ca}/proof" -> bodies.add(new Cas.Proof(new TestingCa().proof("x")));
            default -> {}
        }
        return bodies;
    }

    private static Rules.RuleWrite rule(String user, List<String> groups) {
        return new Rules.RuleWrite(
                "r", null, groups, groups.isEmpty() ? List.of(user) : null, List.of("*"), null, null);
    }

    @Test
    void anIdOfAnotherTenantTakesTheCallsThatOneOfNobodyTakes() {
        var others = others();
        var tried = new TreeSet<String>();
        for (var route : bed.routes()) {
            for (var parameter : others.entrySet()) {
                if (!route.template().contains("{" + parameter.getKey() + "}") || route.open()) {
                    continue;
                }
                tried.add(parameter.getKey());
                parameter.getValue().forEach((another, nobodys) -> {
                    for (var key : List.of(ours.admin, ours.auditor, ours.alicesKey)) {
                        for (var body : bodies(route)) {
                            var as = route + " " + another + " " + body;
                            var first = ask(route.method(), path(route, parameter.getKey(), another), key, body);
                            var second = ask(route.method(), path(route, parameter.getKey(), nobodys), key, body);
                            assertThat(first.status()).as(as).isBetween(400, 499);
                            assertThat(first.calls()).as(as).isNotEmpty().isEqualTo(second.calls());
                            assertThat(first.status()).as(as).isEqualTo(second.status());
                            assertThat(first.text()).as(as).isEqualTo(second.text());
                        }
                    }
                });
            }
        }
        assertThat(tried).as("every name in the templates of routes").isEqualTo(new TreeSet<>(others.keySet()));
        assertThat(named()).isEqualTo(tried);
    }

    /// Names in templates that stand for a thing of a tenant: a minute and the number of a chunk do not.
    private Set<String> named() {
        var named = new TreeSet<String>();
        for (var route : bed.routes()) {
            for (var part : route.template().split("/", -1)) {
                if (part.startsWith("{") && !route.open()) {
                    named.add(part.substring(1, part.length() - 1));
                }
            }
        }
        named.remove("minute");
        return named;
    }

    /// In a query, and in the body of what is to be made.
    @Test
    void anIdOfAnotherTenantThatIsOnlyNamedTakesTheCallsThatOneOfNobodyTakes() {
        var others = others();
        for (var pair : others.getOrDefault("user", Map.of()).entrySet()) {
            same("GET", "/v1/access/explain?connection=bash&mode=exec&user=%s", "", pair);
            same("GET", "/v1/sessions?user=%s", "", pair);
            same("POST", "/v1/keys", "{\"name\":\"k\",\"role\":\"member\",\"user\":\"%s\"}", pair);
            same("POST", "/v1/revocations", "{\"kind\":\"user\",\"value\":\"%s\"}", pair);
            same("POST", "/v1/access-rules", rule("%s", List.of()), pair);
        }
        for (var pair : others.getOrDefault("connection", Map.of()).entrySet()) {
            same("GET", "/v1/access/explain?user=alice@example.com&mode=exec&connection=%s", "", pair);
            same("GET", "/v1/access/who?connection=%s", "", pair);
            same("GET", "/v1/sessions?connection=%s", "", pair);
        }
        for (var pair : others.getOrDefault("agent", Map.of()).entrySet()) {
            var connection = Document.object();
            connection.put("name", "made").put("agent", "%s").put("type", "tcp");
            connection.putObject("tcp").put("host", "h").put("port", 1);
            same("POST", "/v1/connections", connection, pair);
        }
        for (var pair : others.getOrDefault("account", Map.of()).entrySet()) {
            same("POST", "/v1/keys", "{\"name\":\"k\",\"role\":\"member\",\"service_account\":\"%s\"}", pair);
        }
        for (var pair : others.getOrDefault("group", Map.of()).entrySet()) {
            same("POST", "/v1/access-rules", rule("", List.of("%s")), pair);
            same("POST", "/v1/users", new Users.UserWrite("new@example.com", null, null, List.of("%s"), null), pair);
        }
    }

    private void same(String method, String path, Object body, Map.Entry<String, String> pair) {
        var text = body instanceof String || body instanceof ObjectNode
                ? body.toString()
                : new String(dev.sallyport.api.ApiJson.write(body), StandardCharsets.UTF_8);
        var as = method + " " + path + " " + text + " " + pair;
        var first = ask(method, path.replace("%s", pair.getKey()), ours.admin, text.replace("%s", pair.getKey()));
        var second = ask(method, path.replace("%s", pair.getValue()), ours.admin, text.replace("%s", pair.getValue()));
        assertThat(first.calls()).as(as).isNotEmpty().isEqualTo(second.calls());
        assertThat(first.status()).as(as).isLessThan(500).isEqualTo(second.status());
        assertThat(first.text().replace(pair.getKey(), ""))
                .as(as)
                .isEqualTo(second.text().replace(pair.getValue(), ""));
    }

    /// Otherwise the tests above could see nothing at all.
    @Test
    void whatIsOnesOwnTakesOtherCallsAndTheDifferenceIsSeen() {
        var spare =
                bed.post(ours.admin, "/v1/groups", new Groups.NewGroup("spare")).as(Groups.Group.class);
        var own = ask("DELETE", "/v1/groups/" + spare.id(), ours.admin, "");
        var nobodys = ask("DELETE", "/v1/groups/grp_" + ZEROS, ours.admin, "");
        assertThat(own.status()).isEqualTo(204);
        assertThat(nobodys.status()).isEqualTo(404);
        assertThat(own.calls())
                .isNotEqualTo(nobodys.calls())
                .hasSizeGreaterThan(nobodys.calls().size());
        assertThat(nobodys.calls()).contains(List.of("GetItem config TEN#${tenant}"));
    }

    private String path(Route route, String name, String value) {
        var path = route.template().replace("{" + name + "}", value);
        for (var id : ours.ids().entrySet()) {
            path = path.replace("{" + id.getKey() + "}", id.getValue());
        }
        return path + (route.template().endsWith("/recording") && route.method().equals("DELETE") ? "?reason=x" : "");
    }
}
