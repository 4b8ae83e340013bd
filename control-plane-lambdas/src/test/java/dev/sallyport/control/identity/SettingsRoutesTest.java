package dev.sallyport.control.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Problem;
import dev.sallyport.api.Settings;
import dev.sallyport.control.Bed;
import dev.sallyport.control.Filled;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SettingsRoutesTest {

    private final Bed bed = new Bed();
    private final Filled acme = new Filled(bed, "acme");

    @Test
    void settingsAreReplacedAsTheyWereReadAndStandInTheAuditLog() {
        var fresh = bed.get(acme.auditor, "/v1/settings");
        assertThat(fresh.as(Settings.TenantSettings.class).recordingRetentionDays())
                .isNull();
        var tag = fresh.headers().get("ETag");

        var set = bed.call("PUT", "/v1/settings", acme.admin, new Settings.SettingsWrite(90L), Map.of("If-Match", tag));
        assertThat(set.as(Settings.TenantSettings.class).recordingRetentionDays())
                .isEqualTo(90);
        assertThat(bed.get(acme.auditor, "/v1/settings").as(Settings.TenantSettings.class))
                .isEqualTo(set.as(Settings.TenantSettings.class));
        var stale =
                bed.call("PUT", "/v1/settings", acme.admin, new Settings.SettingsWrite(1L), Map.of("If-Match", tag));
        assertThat(stale.problem().is(Problem.Type.PRECONDITION_FAILED)).isTrue();

        assertThat(bed.put(acme.admin, "/v1/settings", "{}")
                        .as(Settings.TenantSettings.class)
                        .recordingRetentionDays())
                .as("what is missing gets its default")
                .isNull();
        var entry = bed.audit(acme.id()).getFirst();
        assertThat(entry.action()).isEqualTo("settings.updated");
        assertThat(entry.details()).containsEntry("before.recordingRetentionDays", "90");
    }

    @Test
    void aRetentionOutOfItsBoundsIsRefused() {
        for (var days : new String[] {"0", "-1", "3651", "9223372036854775807"}) {
            var reply = bed.put(acme.admin, "/v1/settings", "{\"recording_retention_days\":" + days + "}");
            assertThat(reply.wrongFields()).as(days).containsExactly("recording_retention_days");
        }
        assertThat(bed.put(acme.admin, "/v1/settings", "{\"quotas\":{}}").wrongFields())
                .containsExactly("quotas");
    }

    @Test
    void quotasAreTheOperatorsAndStopTheNextOneOfANoun() {
        var operator = bed.tenant("operator");
        bed.operatedBy(operator);
        var path = "/v1/tenants/" + acme.id() + "/quotas";
        var one = new Settings.QuotasWrite(null, 1L, null, null, null, null);
        assertThat(bed.put(acme.admin, path, one).status()).isEqualTo(403);
        assertThat(bed.get(acme.admin, path).status()).isEqualTo(403);

        var key = operator.adminKey().secret();
        var tag = bed.get(key, path).headers().get("ETag");
        var set = bed.call("PUT", path, key, one, Map.of("If-Match", tag)).as(Settings.Quotas.class);
        assertThat(set.agents()).isEqualTo(1);
        assertThat(bed.get(key, path).as(Settings.Quotas.class)).isEqualTo(set);
        assertThat(bed.call("PUT", path, key, one, Map.of("If-Match", tag)).status())
                .isEqualTo(412);
        assertThat(bed.put(key, path, "{\"users\":-1,\"keys\":1000001}").wrongFields())
                .containsExactlyInAnyOrder("users", "keys");
        assertThat(bed.put(key, "/v1/tenants/ten_00000000000000000000000000/quotas", one)
                        .status())
                .isEqualTo(404);

        var refused = bed.post(acme.admin, "/v1/agents", "{\"name\":\"second\"}");
        assertThat(refused.problem().is(Problem.Type.LIMIT)).as(refused.text()).isTrue();
        assertThat(refused.problem().detail()).contains("1 agents", "ask the operator");
        assertThat(bed.get(acme.admin, "/v1/settings")
                        .as(Settings.TenantSettings.class)
                        .quotas())
                .isEqualTo(set);
        var entry = bed.audit(acme.id()).stream()
                .filter(line -> line.action().equals("quotas.updated"))
                .findFirst()
                .orElseThrow();
        assertThat(entry.actor()).isEqualTo(operator.adminKey().key().id());
        assertThat(entry.details()).containsEntry("agents", "1");
    }
}
