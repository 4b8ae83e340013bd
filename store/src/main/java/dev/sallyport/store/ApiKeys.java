package dev.sallyport.store;

import dev.sallyport.core.apikey.ApiKey;
import dev.sallyport.core.apikey.Scope;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.id.KeyId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.tenant.Quotas;
import dev.sallyport.store.Written.Reason;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/// The API keys of each tenant, kept as hashes.
public final class ApiKeys {

    private final Configuration configuration;
    private final Tables tables;
    private final Directory directory;

    ApiKeys(Configuration configuration, Directory directory) {
        this.configuration = configuration;
        this.tables = configuration.tables();
        this.directory = directory;
    }

    /// Registers a key.
    ///
    /// @param sha256 of the key's text, in hexadecimal
    public Written<ApiKey> create(Actor actor, ApiKey key, String sha256) {
        var change = configuration
                .change(key.tenant(), actor, "apikey.created", key.id().value())
                .within(Quotas.Noun.KEYS, Keys.API_KEY)
                .detail("name", key.name())
                .detail("role", key.role().name())
                .detail("networks", String.join(",", key.networks()))
                .detail("scopes", String.join(",", scopes(key)))
                .put(
                        item(key, sha256).text("madeBy", actor.id()),
                        Condition.absent(),
                        Reason.TAKEN,
                        "There is such a key already.")
                .put(
                        Directory.apiKey(sha256)
                                .text("tenant", key.tenant().value())
                                .text("key", key.id().value()),
                        Condition.absent(),
                        Reason.TAKEN,
                        "There is such a key already.");
        key.user().ifPresent(user -> change.needs(Keys.id(Keys.USER, user), "There is no such user."));
        return change.commit(key);
    }

    /// The key with this hash, if it counts now.
    public Optional<ApiKey> byHash(String sha256) {
        return directory
                .ownerOfApiKey(sha256)
                .flatMap(owner -> get(owner.tenant(), owner.key()))
                .filter(key -> key.counts(tables.clock().instant()));
    }

    /// Notes that the key was used. Written at most once a minute for each key.
    public void used(ApiKey key) {
        var now = tables.clock().instant().truncatedTo(ChronoUnit.MINUTES);
        if (key.lastUsed().filter(last -> !last.isBefore(now)).isPresent()) {
            return;
        }
        tables.set(
                Table.CONFIG,
                Keys.tenant(key.tenant()),
                Keys.id(Keys.API_KEY, key.id()),
                "lastUsed",
                Long.toString(now.toEpochMilli()));
    }

    public Written<ApiKey> delete(Actor actor, TenantId tenant, KeyId id) {
        var found = tables.get(Table.CONFIG, Keys.tenant(tenant), Keys.id(Keys.API_KEY, id));
        if (found.isEmpty()) {
            return new Written.Refused<>(Reason.ABSENT, "There is no such key.");
        }
        var hash = Directory.apiKey(found.get().text("sha256"));
        var key = read(tenant, found.get());
        return configuration
                .change(tenant, actor, "apikey.deleted", id.value())
                .detail("name", key.name())
                .before(facts(key), Optional.empty())
                .delete(Keys.id(Keys.API_KEY, id), Condition.present(), Reason.ABSENT, "There is no such key.")
                .delete(hash.partition(), hash.sort())
                .commit(key);
    }

    /// Who made a key: an id of a user or key. Empty of keys that were made before that was noted.
    public Optional<String> madeBy(ApiKey key) {
        return tables.get(Table.CONFIG, Keys.tenant(key.tenant()), Keys.id(Keys.API_KEY, key.id()))
                .flatMap(item -> item.optionalText("madeBy"));
    }

    public Optional<ApiKey> get(TenantId tenant, KeyId id) {
        return tables.get(Table.CONFIG, Keys.tenant(tenant), Keys.id(Keys.API_KEY, id))
                .map(item -> read(tenant, item));
    }

    public List<ApiKey> list(TenantId tenant) {
        return tables.list(Table.CONFIG, Keys.tenant(tenant), Keys.API_KEY).stream()
                .map(item -> read(tenant, item))
                .toList();
    }

    private static List<String> scopes(ApiKey key) {
        return key.scopes().stream().map(Scope::toString).toList();
    }

    private static Item item(ApiKey key, String sha256) {
        return facts(key).text("sha256", sha256);
    }

    /// All but the key's hash.
    private static Item facts(ApiKey key) {
        return Item.of(Keys.tenant(key.tenant()), Keys.id(Keys.API_KEY, key.id()))
                .text("name", key.name())
                .text("user", key.user().map(UserId::value))
                .text("role", key.role().name())
                .time("created", key.created())
                .time("lastUsed", key.lastUsed())
                .time("until", key.until())
                .texts("networks", key.networks())
                .texts("scopes", scopes(key));
    }

    private static ApiKey read(TenantId tenant, Item item) {
        return new ApiKey(
                tenant,
                new KeyId(item.sort().substring(Keys.API_KEY.length())),
                item.text("name"),
                item.optionalText("user").map(UserId::new),
                item.one(ApiKey.Role.class, "role"),
                item.time("created"),
                item.optionalTime("lastUsed"),
                item.optionalTime("until"),
                item.has("networks") ? item.texts("networks") : List.of(),
                // keys that were made before there were scopes have none
                item.has("scopes")
                        ? item.texts("scopes").stream().map(Scope::parse).toList()
                        : List.of());
    }
}
