package dev.sallyport.store;

import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.connection.SignedDefinition;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.Retention;
import dev.sallyport.core.tenant.Quotas;
import dev.sallyport.store.Written.Reason;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The connections of each tenant: their definitions, exactly as the control plane signed them.
public final class Connections {

    static final String RETENTION = "recordingRetentionDays";
    private static final String STALE = "The connection has changed in the meantime. Please try again.";
    private static final String ABSENT = "There is no such connection.";
    private static final String NAME_TAKEN = "Another connection has this name.";

    private final Configuration configuration;
    private final Tables tables;

    Connections(Configuration configuration) {
        this.configuration = configuration;
        this.tables = configuration.tables();
    }

    /// A connection as it is stored: the signed form, and what it says.
    ///
    /// @param recordingRetention of its recordings, where it has one of its own. It is no part of what is signed,
    ///     for no agent acts on it
    public record Stored(
            SignedDefinition signed, ConnectionDefinition definition, Optional<Retention> recordingRetention) {

        public Stored(SignedDefinition signed, ConnectionDefinition definition) {
            this(signed, definition, Optional.empty());
        }
    }

    /// Makes a connection: the definition has version 1 and names an agent that is there.
    public Written<Stored> create(Actor actor, SignedDefinition signed) {
        return create(actor, signed, Optional.empty());
    }

    /// The same, with a retention of its own for its recordings.
    public Written<Stored> create(Actor actor, SignedDefinition signed, Optional<Retention> retention) {
        var definition = signed.unverified();
        if (definition.version() != 1) {
            return new Written.Refused<>(Reason.STALE, "A new connection has version 1.");
        }
        var change = change(actor, definition, "connection.created")
                .within(Quotas.Noun.CONNECTIONS, Keys.CONNECTION)
                .put(
                        item(signed, definition, retention),
                        Condition.absent(),
                        Reason.TAKEN,
                        "There is such a connection already.")
                .put(name(definition), Condition.absent(), Reason.TAKEN, NAME_TAKEN);
        retention.ifPresent(kept -> keep(change, definition, kept));
        return change.commit(new Stored(signed, definition, retention));
    }

    /// Changes a connection: the definition has the version that was read, plus one.
    public Written<Stored> update(Actor actor, SignedDefinition signed) {
        return update(actor, signed, Optional.empty());
    }

    /// The same, with a retention of its own for its recordings; without one, the tenant's counts from now on.
    public Written<Stored> update(Actor actor, SignedDefinition signed, Optional<Retention> retention) {
        var definition = signed.unverified();
        var found = get(definition.tenant(), definition.id());
        if (found.isEmpty()) {
            return new Written.Refused<>(Reason.ABSENT, ABSENT);
        }
        var before = found.get().definition();
        if (before.version() != definition.version() - 1) {
            return new Written.Refused<>(Reason.STALE, STALE);
        }
        var change = change(actor, definition, "connection.updated")
                .before(
                        ConnectionFacts.of(before),
                        Optional.of(ConnectionFacts.of(definition)),
                        ConnectionFacts.withoutSecrets(before))
                .put(item(signed, definition, retention), Condition.version(before.version()), Reason.STALE, STALE);
        var retentionBefore = found.get().recordingRetention();
        if (!retention.equals(retentionBefore)) {
            change.detail("before." + RETENTION, days(retentionBefore)).detail(RETENTION, days(retention));
            retention.ifPresentOrElse(
                    kept -> keep(change, definition, kept),
                    () -> change.delete(Keys.tenant(definition.tenant()), Keys.id(Keys.RETENTION, definition.id())));
        }
        if (!before.name().equals(definition.name())) {
            change.put(name(definition), Condition.absent(), Reason.TAKEN, NAME_TAKEN)
                    .delete(Keys.tenant(definition.tenant()), Keys.NAME + before.name());
        }
        return change.commit(new Stored(signed, definition, retention));
    }

    public Written<ConnectionDefinition> delete(Actor actor, TenantId tenant, ConnectionId id) {
        return get(tenant, id)
                .map(found -> delete(actor, found.definition()))
                .orElseGet(() -> new Written.Refused<>(Reason.ABSENT, ABSENT));
    }

    /// Deletes a connection that is still as it was read.
    public Written<ConnectionDefinition> delete(Actor actor, ConnectionDefinition definition) {
        return configuration
                .change(
                        definition.tenant(),
                        actor,
                        "connection.deleted",
                        definition.id().value())
                .detail("name", definition.name().value())
                .before(ConnectionFacts.of(definition), Optional.empty(), ConnectionFacts.withoutSecrets(definition))
                .delete(
                        Keys.id(Keys.CONNECTION, definition.id()),
                        Condition.version(definition.version()),
                        Reason.STALE,
                        STALE)
                .delete(Keys.tenant(definition.tenant()), Keys.NAME + definition.name())
                .commit(definition);
    }

    public Optional<Stored> get(TenantId tenant, ConnectionId id) {
        return tables.get(Table.CONFIG, Keys.tenant(tenant), Keys.id(Keys.CONNECTION, id))
                .map(Connections::read);
    }

    public Optional<Stored> byName(TenantId tenant, ConnectionName name) {
        return tables.get(Table.CONFIG, Keys.tenant(tenant), Keys.NAME + name)
                .map(item -> new ConnectionId(item.text("connection")))
                .flatMap(id -> get(tenant, id));
    }

    public List<Stored> list(TenantId tenant) {
        return tables.list(Table.CONFIG, Keys.tenant(tenant), Keys.CONNECTION).stream()
                .map(Connections::read)
                .toList();
    }

    /// What connections keep their recordings for that say so themselves, or said so when they were deleted: a
    /// deletion does not shorten it.
    Map<ConnectionId, Retention> retentions(TenantId tenant) {
        var all = new HashMap<ConnectionId, Retention>();
        for (var item : tables.list(Table.CONFIG, Keys.tenant(tenant), Keys.RETENTION)) {
            all.put(
                    new ConnectionId(item.sort().substring(Keys.RETENTION.length())),
                    new Retention(item.integer(RETENTION)));
        }
        return all;
    }

    private static void keep(Configuration.Change change, ConnectionDefinition definition, Retention retention) {
        change.detail(RETENTION, days(Optional.of(retention)))
                .put(Item.of(Keys.tenant(definition.tenant()), Keys.id(Keys.RETENTION, definition.id()))
                        .number(RETENTION, retention.days()));
    }

    private static String days(Optional<Retention> retention) {
        return retention.map(kept -> Integer.toString(kept.days())).orElse("");
    }

    private Configuration.Change change(Actor actor, ConnectionDefinition definition, String action) {
        return configuration
                .change(definition.tenant(), actor, action, definition.id().value())
                .detail("name", definition.name().value())
                .detail("type", definition.target().type())
                .detail("agent", definition.agent().value())
                .detail("version", Long.toString(definition.version()))
                .needs(Keys.id(Keys.AGENT, definition.agent()), "There is no such agent.");
    }

    private static Item item(SignedDefinition signed, ConnectionDefinition definition, Optional<Retention> retention) {
        var item = Item.of(Keys.tenant(definition.tenant()), Keys.id(Keys.CONNECTION, definition.id()))
                .bytes("definition", signed.bytes())
                .bytes("signature", signed.signature())
                .number(Item.VERSION, definition.version());
        retention.ifPresent(kept -> item.number(RETENTION, kept.days()));
        return item;
    }

    private static Item name(ConnectionDefinition definition) {
        return Item.of(Keys.tenant(definition.tenant()), Keys.NAME + definition.name())
                .text("connection", definition.id().value());
    }

    static Stored read(Item item) {
        var signed = new SignedDefinition(item.bytes("definition"), item.bytes("signature"));
        return new Stored(
                signed,
                signed.unverified(),
                item.has(RETENTION) ? Optional.of(new Retention(item.integer(RETENTION))) : Optional.empty());
    }
}
