package dev.sallyport.inspect.sql;

import dev.sallyport.core.policy.Operation;

/// One thing that a statement does.
///
/// @param object for `create`, `alter`, `drop`, `comment`, `grant`: the kind of object in lower case, as `table`,
///     `index`, `role`, `extension`; for `set` the setting's name; else empty
public record Act(Operation operation, String object) {

    public static Act of(Operation operation) {
        return new Act(operation, "");
    }
}
