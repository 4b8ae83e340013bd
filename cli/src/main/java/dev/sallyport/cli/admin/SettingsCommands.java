package dev.sallyport.cli.admin;

import dev.sallyport.api.Settings.Quotas;
import dev.sallyport.api.Settings.SettingsWrite;
import dev.sallyport.api.Settings.TenantSettings;
import dev.sallyport.cli.output.Facts;
import dev.sallyport.cli.run.Run;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `sally admin settings`.
final class SettingsCommands {

    private SettingsCommands() {}

    private abstract static class Shown extends One<TenantSettings> {
        Shown(Run run) {
            super(run);
        }

        @Override
        Facts facts(TenantSettings one) {
            var days = one.recordingRetentionDays();
            var facts = new Facts()
                    .add(
                            "recordings kept",
                            days == null
                                    ? "for ever, unless a connection says otherwise"
                                    : days + (days == 1 ? " day" : " days") + ", unless a connection says otherwise");
            return quotas(facts, one.quotas());
        }
    }

    /// What has no quota is not named.
    static Facts quotas(Facts facts, Quotas quotas) {
        return facts.add("users at most", number(quotas.users()))
                .add("agents at most", number(quotas.agents()))
                .add("connections at most", number(quotas.connections()))
                .add("rules at most", number(quotas.rules()))
                .add("API keys at most", number(quotas.keys()))
                .add("sessions at once at most", number(quotas.sessions()))
                .add("version", Long.toString(quotas.version()));
    }

    private static @Nullable String number(@Nullable Integer number) {
        return number == null ? null : number.toString();
    }

    @Command(name = "show", header = "Show the tenant's settings, and the quotas that it has.")
    static final class Show extends Shown {
        Show(Run run) {
            super(run);
        }

        @Override
        TenantSettings one() throws Exception {
            return client().settings();
        }
    }

    @Command(
            name = "update",
            header = "Change the tenant's settings.",
            description = "A shorter retention counts for recordings that are there, too.",
            footer = {"", "Example:", "  sally admin settings update --recording-retention 90"})
    static final class Update extends Shown {

        @Option(
                names = "--recording-retention",
                paramLabel = "DAYS",
                required = true,
                description = "Keep recordings so many days after their sessions; 0: for ever.")
        private long recordingRetention;

        Update(Run run) {
            super(run);
        }

        @Override
        TenantSettings one() throws Exception {
            return client().updateSettings(new SettingsWrite(recordingRetention == 0 ? null : recordingRetention));
        }
    }
}
