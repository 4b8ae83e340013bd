package dev.sallyport.cli.declared;

import dev.sallyport.api.Refused;
import dev.sallyport.api.SallyportClient;
import dev.sallyport.cli.declared.Settings.Difference;
import dev.sallyport.cli.run.Failure;
import java.io.IOException;
import java.util.List;

/// One thing that is to be done.
///
/// @param differences what is set and how it changes; of a new thing, what is not as the API has it by default
record Change(Kind kind, String noun, String name, List<Difference> differences, Turn turn, Step step) {

    /// What becomes of the thing.
    enum Kind {
        CREATE("+", "created", "32"),
        CHANGE("~", "changed", "33"),
        DELETE("-", "deleted", "31");

        final String sign;
        final String done;
        final String colour;

        Kind(String sign, String done, String colour) {
            this.sign = sign;
            this.done = done;
            this.colour = colour;
        }
    }

    /// When it is done: what others need goes first, and what is denied is denied before anything is allowed.
    /// Nobody gets through the half of a plan where the whole of it would not let him.
    enum Turn {
        GROUPS,
        POLICY,
        AGENTS,
        NEW_USERS,
        DENIALS,
        GONE_ALLOWANCES,
        DOOR,
        USERS,
        CONNECTIONS,
        ALLOWANCES,
        GONE_CONNECTIONS,
        GONE_DENIALS,
        GONE_POLICY,
        GONE_USERS,
        GONE_AGENTS,
        GONE_GROUPS
    }

    /// Does it.
    @FunctionalInterface
    interface Step {

        /// @return lines to be shown, such as a key that is told this once
        List<String> make(SallyportClient client) throws IOException, Refused, Failure;
    }
}
