package dev.sallyport.control.policy;

import dev.sallyport.control.http.Fields;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.policy.Guardrail;
import dev.sallyport.core.policy.Reach;
import dev.sallyport.store.Store;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The fields that guardrails and masking rules have in common: whom they are for, and their place.
final class ReachFields {

    private ReachFields() {}

    /// What is wrong is laid to the fields; then the result means nothing.
    static Reach reach(
            Fields fields,
            Store store,
            TenantId tenant,
            @Nullable List<String> connections,
            @Nullable Map<String, String> tags,
            @Nullable List<String> groups) {
        var named = fields.list("connections", connections);
        var tagged = fields.map("tags", tags);
        var members = fields.list("groups", groups);
        for (int i = 0; i < members.size(); i++) {
            if (!members.get(i).matches("[A-Za-z0-9][A-Za-z0-9 ._@-]{0,62}")
                    || store.groups().get(tenant, members.get(i)).isEmpty()) {
                fields.wrong("groups[" + i + "]", "is not a group of this tenant: create it first");
            }
        }
        if (fields.count() > 0) {
            return Reach.EVERYWHERE;
        }
        try {
            return new Reach(new HashSet<>(named), tagged, new HashSet<>(members));
        } catch (IllegalArgumentException e) {
            fields.wrong("connections", "are not right: " + e.getMessage());
            return Reach.EVERYWHERE;
        }
    }

    static int order(Fields fields, @Nullable Long order) {
        return (int) fields.number("order", order, Guardrail.MIDDLE, 1, Guardrail.LAST);
    }
}
