package dev.sallyport.core.group;

import dev.sallyport.core.id.GroupId;
import dev.sallyport.core.id.TenantId;
import java.util.regex.Pattern;

/// A named set of users. Users list the names of their groups, access rules name groups.
///
/// @param name unique within the tenant, and never changed: rules and users refer to it
public record Group(TenantId tenant, GroupId id, String name, long version) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9 ._@-]{0,62}");

    public Group {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "a group's name has 1 to 63 letters, digits, blanks, '.', '_', '@' and '-', and starts with a letter or digit");
        }
    }
}
