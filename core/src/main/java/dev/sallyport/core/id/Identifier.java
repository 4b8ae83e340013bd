package dev.sallyport.core.id;

/// What every identifier is: a prefix that names its noun, `_`, and a ULID.
public sealed interface Identifier
        permits AgentId,
                AgentInstanceId,
                ConnectionId,
                EdgeId,
                GroupId,
                GuardrailId,
                KeyId,
                MaskingRuleId,
                ReviewId,
                RuleId,
                SessionId,
                TenantId,
                TestId,
                UserId {

    /// The whole text, such as `ses_01hf…`; at most 32 characters of `a-z0-9_`.
    String value();

    /// The time it was made, in milliseconds since 1970.
    default long epochMillis() {
        return Ulid.epochMillis(value().substring(value().indexOf('_') + 1));
    }

    /// Returns `value` when it is `prefix_` and a ULID.
    ///
    /// @throws IllegalArgumentException otherwise; the message repeats no input
    static String check(String prefix, String value) {
        int head = prefix.length() + 1;
        if (value.length() != head + Ulid.LENGTH
                || !value.startsWith(prefix)
                || value.charAt(prefix.length()) != '_'
                || !Ulid.isUlid(value.substring(head))) {
            throw new IllegalArgumentException("not an id of the form " + prefix + "_<26 characters>");
        }
        return value;
    }
}
