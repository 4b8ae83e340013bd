package dev.sallyport.store;

import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.policy.Guardrail;
import dev.sallyport.core.policy.MaskingSubject;
import dev.sallyport.core.policy.PlacedMaskingRule;
import dev.sallyport.core.policy.PolicyDocument;
import dev.sallyport.core.policy.Reach;
import dev.sallyport.core.policy.SignedPolicy;
import dev.sallyport.core.tenant.TenantKey;
import dev.sallyport.store.Written.Reason;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/// The guardrails and masking rules of each tenant: one document, exactly as the control plane signed it.
///
/// Each change reads the document, changes one thing in it, has it signed, and writes it in one transaction with the
/// tenant's epoch. When another change came between, it is tried again on what that one wrote.
public final class PolicyDocuments {

    private static final int ATTEMPTS = 8;
    private static final int LONGEST_TOLD = 2_048;
    private static final String MOVED = "The tenant's policy keeps changing. Please try again.";
    private static final String NO_GUARDRAIL = "There is no such guardrail.";
    private static final String NO_RULE = "There is no such masking rule.";
    private static final String STALE_GUARDRAIL = "The guardrail has changed in the meantime. Please try again.";
    private static final String STALE_RULE = "The masking rule has changed in the meantime. Please try again.";

    private final Configuration configuration;
    private final Tables tables;

    PolicyDocuments(Configuration configuration) {
        this.configuration = configuration;
        this.tables = configuration.tables();
    }

    /// What is there; the empty one where none was ever written.
    public PolicyDocument get(TenantId tenant) {
        return stored(tenant).map(SignedPolicy::unverified).orElseGet(() -> PolicyDocument.empty(tenant));
    }

    private Optional<SignedPolicy> stored(TenantId tenant) {
        return tables.get(Table.CONFIG, Keys.tenant(tenant), Keys.POLICY).map(PolicyDocuments::signed);
    }

    static SignedPolicy signed(Item item) {
        return new SignedPolicy(item.bytes("policy"), item.bytes("signature"));
    }

    static Item item(TenantId tenant, SignedPolicy signed, long version) {
        return Item.of(Keys.tenant(tenant), Keys.POLICY)
                .bytes("policy", signed.bytes())
                .bytes("signature", signed.signature())
                .number(Item.VERSION, version);
    }

    /// Sees to it that there is one: sessions of databases are refused without. A tenant gets its own when it is made;
    /// this is for those that are older.
    public void ensure(Actor actor, TenantId tenant, TenantKey.Signer signer) {
        if (stored(tenant).isEmpty()) {
            var empty = PolicyDocument.empty(tenant);
            // when somebody else was faster, there is one
            var _ = configuration
                    .change(tenant, actor, "policy.created", tenant.value())
                    .put(item(tenant, SignedPolicy.sign(empty, signer), 1), Condition.absent(), Reason.TAKEN, MOVED)
                    .commit(empty);
        }
    }

    /// Makes a guardrail; its version is 1.
    public Written<Guardrail> create(Actor actor, TenantId tenant, TenantKey.Signer signer, Guardrail guardrail) {
        var change = new Edit<>(
                "guardrail.created",
                guardrail.id().value(),
                guardrail.name(),
                guardrail,
                guardrail.reach().groups());
        return write(
                actor,
                tenant,
                signer,
                change,
                Optional.empty(),
                Optional.of(told(guardrail)),
                document -> document.with(guardrail));
    }

    /// Changes a guardrail that is still as it was read.
    public Written<Guardrail> update(
            Actor actor, TenantId tenant, TenantKey.Signer signer, Guardrail before, Guardrail changed) {
        var guardrail = changed.after(before);
        var change = new Edit<>(
                "guardrail.updated",
                guardrail.id().value(),
                guardrail.name(),
                guardrail,
                guardrail.reach().groups());
        return write(
                actor, tenant, signer, change, Optional.of(told(before)), Optional.of(told(guardrail)), document -> {
                    same(document, before);
                    return document.with(guardrail);
                });
    }

    /// Deletes a guardrail that is still as it was read.
    public Written<Guardrail> delete(Actor actor, TenantId tenant, TenantKey.Signer signer, Guardrail before) {
        var change = new Edit<>("guardrail.deleted", before.id().value(), before.name(), before, Set.<String>of());
        return write(actor, tenant, signer, change, Optional.of(told(before)), Optional.empty(), document -> {
            same(document, before);
            return document.without(before.id());
        });
    }

    /// Makes a masking rule; its version is 1.
    public Written<PlacedMaskingRule> create(
            Actor actor, TenantId tenant, TenantKey.Signer signer, PlacedMaskingRule placed) {
        var rule = placed.rule();
        var change = new Edit<>("maskingrule.created", rule.id().value(), rule.name(), placed, rule.groups());
        return write(
                actor,
                tenant,
                signer,
                change,
                Optional.empty(),
                Optional.of(told(placed)),
                document -> document.with(placed));
    }

    /// Changes a masking rule that is still as it was read.
    public Written<PlacedMaskingRule> update(
            Actor actor,
            TenantId tenant,
            TenantKey.Signer signer,
            PlacedMaskingRule before,
            PlacedMaskingRule changed) {
        var placed = changed.after(before);
        var rule = placed.rule();
        var change = new Edit<>("maskingrule.updated", rule.id().value(), rule.name(), placed, rule.groups());
        return write(actor, tenant, signer, change, Optional.of(told(before)), Optional.of(told(placed)), document -> {
            same(document, before);
            return document.with(placed);
        });
    }

    /// Deletes a masking rule that is still as it was read.
    public Written<PlacedMaskingRule> delete(
            Actor actor, TenantId tenant, TenantKey.Signer signer, PlacedMaskingRule before) {
        var rule = before.rule();
        var change = new Edit<>("maskingrule.deleted", rule.id().value(), rule.name(), before, Set.<String>of());
        return write(actor, tenant, signer, change, Optional.of(told(before)), Optional.empty(), document -> {
            same(document, before);
            return document.without(rule.id());
        });
    }

    private static void same(PolicyDocument document, Guardrail before) {
        var now = document.guardrail(before.id()).orElseThrow(() -> new WriteRefused(Reason.ABSENT, NO_GUARDRAIL));
        if (!now.equals(before)) {
            throw new WriteRefused(Reason.STALE, STALE_GUARDRAIL);
        }
    }

    private static void same(PolicyDocument document, PlacedMaskingRule before) {
        var now = document.maskingRule(before.rule().id()).orElseThrow(() -> new WriteRefused(Reason.ABSENT, NO_RULE));
        if (!now.equals(before)) {
            throw new WriteRefused(Reason.STALE, STALE_RULE);
        }
    }

    /// What is done, for the audit log.
    ///
    /// @param groups that it names, and that must be there
    private record Edit<T>(String action, String object, String name, T value, Collection<String> groups) {}

    private <T> Written<T> write(
            Actor actor,
            TenantId tenant,
            TenantKey.Signer signer,
            Edit<T> edit,
            Optional<Item> before,
            Optional<Item> after,
            UnaryOperator<PolicyDocument> next) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            var found = stored(tenant);
            var document = found.map(SignedPolicy::unverified).orElseGet(() -> PolicyDocument.empty(tenant));
            SignedPolicy signed;
            long version;
            try {
                // of two edits at once (with, without) the document still goes one version on
                var made = next.apply(document);
                var numbered = new PolicyDocument(tenant, document.version() + 1, made.guardrails(), made.masking());
                version = numbered.version();
                signed = SignedPolicy.sign(numbered, signer);
            } catch (WriteRefused refused) {
                return new Written.Refused<>(refused.reason(), String.valueOf(refused.getMessage()));
            } catch (IllegalArgumentException e) {
                return new Written.Refused<>(taken(document, edit) ? Reason.TAKEN : Reason.LIMIT, sentence(e));
            }
            var change = configuration
                    .change(tenant, actor, edit.action(), edit.object())
                    .detail("name", edit.name())
                    .detail("policy", Long.toString(version))
                    .put(
                            item(tenant, signed, version),
                            found.isEmpty() ? Condition.absent() : Condition.version(document.version()),
                            Reason.STALE,
                            MOVED);
            after.ifPresent(item -> item.described()
                    .forEach((name, value) -> change.detail(
                            name, value.length() <= LONGEST_TOLD ? value : value.substring(0, LONGEST_TOLD) + "…")));
            before.ifPresent(item -> change.before(item, after));
            edit.groups()
                    .forEach(group -> change.needs(Keys.GROUP + group, "There is no group of the name " + group + "."));
            var written = change.commit(edit.value());
            if (!(written instanceof Written.Refused<T>(var _, var sentence)) || !sentence.equals(MOVED)) {
                return written;
            }
        }
        return new Written.Refused<>(Reason.STALE, MOVED);
    }

    private static boolean taken(PolicyDocument document, Edit<?> edit) {
        return edit.action().startsWith("guardrail")
                ? document.guardrail(edit.name())
                        .filter(other -> !other.id().value().equals(edit.object()))
                        .isPresent()
                : document.maskingRule(edit.name())
                        .filter(other -> !other.rule().id().value().equals(edit.object()))
                        .isPresent();
    }

    private static String sentence(IllegalArgumentException e) {
        var message = String.valueOf(e.getMessage());
        return message.substring(0, 1).toUpperCase(Locale.ROOT) + message.substring(1) + ".";
    }

    private static Item told(Guardrail guardrail) {
        return reach(guardrail.reach())
                .text("name", guardrail.name())
                .text("description", guardrail.description())
                .text("rules", guardrail.rules())
                .number("order", guardrail.order())
                .flag("enabled", guardrail.enabled());
    }

    private static Item told(PlacedMaskingRule placed) {
        return reach(placed.rule().reach())
                .text("name", placed.rule().name())
                .text("description", placed.description())
                .inOrder(
                        "masks",
                        placed.rule().subjects().stream()
                                .map(MaskingSubject::text)
                                .toList())
                .text("strategy", placed.rule().strategy().text())
                .number("order", placed.order());
    }

    private static Item reach(Reach reach) {
        return Item.of("", "")
                .texts("connections", reach.connections())
                .map("tags", reach.tags())
                .texts("groups", reach.groups());
    }
}
