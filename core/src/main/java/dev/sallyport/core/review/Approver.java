package dev.sallyport.core.review;

import dev.sallyport.core.id.UserId;
import java.util.Optional;
import java.util.Set;

/// Somebody who wants to decide a review, as far as that is proven.
///
/// @param user whose key it is; none: nobody's
/// @param keyMadeBy who made that key, where that is known: an id of a user or key
/// @param groups of the user
/// @param admin whether the key is an admin's
public record Approver(Optional<UserId> user, Optional<String> keyMadeBy, Set<String> groups, boolean admin) {

    public Approver {
        groups = Set.copyOf(groups);
    }

    /// Whether the terms name them: by a group of theirs, or as an admin where no group is named.
    public boolean namedBy(ReviewTerms terms) {
        return terms.approvers().isEmpty() ? admin : groups.stream().anyMatch(terms.approvers()::contains);
    }

    /// Whether they are the one who asked: by whichever key, and by one that he made for another.
    public boolean is(UserId asker) {
        return user.map(asker::equals).orElse(false)
                || keyMadeBy.map(asker.value()::equals).orElse(false);
    }
}
