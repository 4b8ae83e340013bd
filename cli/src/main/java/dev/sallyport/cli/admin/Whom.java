package dev.sallyport.cli.admin;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Whom a guardrail or a masking rule is for, and its place; what is not said is null.
final class Whom {

    @Option(names = "--description", paramLabel = "TEXT", description = "What it is for.")
    @Nullable
    String description;

    @Option(
            names = "--connection",
            paramLabel = "NAME",
            description = "These connections; * stands for any run of characters. With neither this nor --tag: all.")
    private @Nullable List<String> connections;

    @Option(names = "--tag", paramLabel = "NAME=VALUE", description = "Connections with this tag; * is any value.")
    private @Nullable Map<String, String> tags;

    @Option(
            names = "--group",
            paramLabel = "GROUP",
            description = "For members of this group; may be given several times. Default: for everybody.")
    private @Nullable List<String> groups;

    @Option(names = "--order", paramLabel = "N", description = "1 to 1000, the least comes first. Default: 100.")
    @Nullable
    Long order;

    @Option(
            names = "--all",
            description = "For all connections and everybody, but for what is named besides: takes the others away.")
    private boolean all;

    List<String> connections(List<String> now) {
        return connections == null ? (all ? List.of() : now) : connections;
    }

    Map<String, String> tags(Map<String, String> now) {
        return tags == null ? (all ? Map.of() : now) : tags;
    }

    List<String> groups(List<String> now) {
        return groups == null ? (all ? List.of() : now) : groups;
    }

    boolean isEmpty() {
        return description == null && connections == null && tags == null && groups == null && order == null && !all;
    }

    /// For a row of a list.
    static String text(List<String> connections, Map<String, String> tags, List<String> groups) {
        var where = String.join(",", connections)
                + (connections.isEmpty() || tags.isEmpty() ? "" : ",")
                + RuleCommands.tags(tags);
        return (where.isEmpty() ? "everywhere" : where) + (groups.isEmpty() ? "" : " for " + String.join(",", groups));
    }
}
