package dev.sallyport.api;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Groups: what access hangs on. A group is known by its name.
public interface Groups {

    /// A group and who is in it.
    ///
    /// @param members ids of users; only when one group is asked for
    @Json(naming = Json.Naming.LowerUnderscore)
    record Group(String id, String name, @Nullable List<String> members) {}

    /// What makes a group. Its members are changed through the users; its name never.
    @Json(naming = Json.Naming.LowerUnderscore)
    record NewGroup(@Nullable String name) {}

    /// One page of a list.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Page(List<Group> items, @Nullable String next) {}
}
