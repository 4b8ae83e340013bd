package dev.sallyport.store;

import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.Retention;
import dev.sallyport.core.tenant.Quotas;
import dev.sallyport.core.tenant.TenantSettings;
import dev.sallyport.store.Written.Reason;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Optional;

/// The settings of each tenant, and its quotas. A tenant of which nothing stands here has the defaults.
public final class Settings {

    private static final String RETENTION = "recordingRetentionDays";
    private static final String STALE = "The settings have changed in the meantime. Please try again.";

    private final Configuration configuration;
    private final Tables tables;

    Settings(Configuration configuration) {
        this.configuration = configuration;
        this.tables = configuration.tables();
    }

    public TenantSettings get(TenantId tenant) {
        return tables.get(Table.CONFIG, Keys.tenant(tenant), Keys.SETTINGS)
                .map(item -> new TenantSettings(
                        item.has(RETENTION) ? Optional.of(new Retention(item.integer(RETENTION))) : Optional.empty(),
                        item.number(Item.VERSION)))
                .orElse(TenantSettings.DEFAULT);
    }

    /// Replaces the settings; `settings` carries the version that was read.
    public Written<TenantSettings> update(Actor actor, TenantId tenant, TenantSettings settings) {
        var after = new TenantSettings(settings.recordingRetention(), settings.version() + 1);
        return configuration
                .change(tenant, actor, "settings.updated", tenant.value())
                .detail("recording_retention_days", days(after.recordingRetention()))
                .before(item(tenant, get(tenant)), Optional.of(item(tenant, after)))
                .put(item(tenant, after), asRead(settings.version()), Reason.STALE, STALE)
                .commit(after);
    }

    public Quotas quotas(TenantId tenant) {
        return tables.get(Table.CONFIG, Keys.tenant(tenant), Keys.QUOTAS)
                .map(Settings::readQuotas)
                .orElse(Quotas.NONE);
    }

    /// Replaces the quotas; `quotas` carries the version that was read.
    public Written<Quotas> setQuotas(Actor actor, TenantId tenant, Quotas quotas) {
        var after = new Quotas(quotas.most(), quotas.version() + 1);
        var change = configuration.change(tenant, actor, "quotas.updated", tenant.value());
        after.most().forEach((noun, most) -> change.detail(attribute(noun), most.toString()));
        return change.before(item(tenant, quotas(tenant)), Optional.of(item(tenant, after)))
                .put(item(tenant, after), asRead(quotas.version()), Reason.STALE, STALE)
                .commit(after);
    }

    static Quotas readQuotas(Item item) {
        var most = new EnumMap<Quotas.Noun, Integer>(Quotas.Noun.class);
        for (var noun : Quotas.Noun.values()) {
            if (item.has(attribute(noun))) {
                most.put(noun, item.integer(attribute(noun)));
            }
        }
        return new Quotas(most, item.number(Item.VERSION));
    }

    private static Condition asRead(long version) {
        return version == 0 ? Condition.absent() : Condition.version(version);
    }

    private static String days(Optional<Retention> retention) {
        return retention.map(kept -> Integer.toString(kept.days())).orElse("");
    }

    private static Item item(TenantId tenant, TenantSettings settings) {
        var item = Item.of(Keys.tenant(tenant), Keys.SETTINGS).number(Item.VERSION, settings.version());
        settings.recordingRetention().ifPresent(kept -> item.number(RETENTION, kept.days()));
        return item;
    }

    private static Item item(TenantId tenant, Quotas quotas) {
        var item = Item.of(Keys.tenant(tenant), Keys.QUOTAS).number(Item.VERSION, quotas.version());
        quotas.most().forEach((noun, most) -> item.number(attribute(noun), most));
        return item;
    }

    private static String attribute(Quotas.Noun noun) {
        return noun.name().toLowerCase(Locale.ROOT);
    }
}
