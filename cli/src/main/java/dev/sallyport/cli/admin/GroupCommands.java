package dev.sallyport.cli.admin;

import dev.sallyport.api.Groups.Group;
import dev.sallyport.api.Groups.NewGroup;
import dev.sallyport.api.Groups.Page;
import dev.sallyport.api.Refused;
import dev.sallyport.api.SallyportClient;
import dev.sallyport.cli.output.Facts;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.run.Pages;
import dev.sallyport.cli.run.Run;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `sally admin groups`.
final class GroupCommands {

    private GroupCommands() {}

    static Facts facts(Group group) {
        var members = group.members();
        return new Facts()
                .add("group", group.id())
                .add("name", group.name())
                .add("members", members == null ? List.of() : members);
    }

    @Command(name = "ls", header = "List groups.")
    static final class Ls extends Listing<Group> {
        Ls(Run run) {
            super(run);
        }

        @Override
        Pages.One<Group> page(SallyportClient client, @Nullable String cursor) throws IOException, Refused {
            var page = client.groups(cursor);
            return new Pages.One<>(page.items(), page.next());
        }

        @Override
        Object page(List<Group> items) {
            return new Page(items, null);
        }

        @Override
        Table table(List<Group> items) {
            var table = new Table("GROUP", "NAME");
            items.forEach(group -> table.row(group.id(), group.name()));
            return table;
        }

        @Override
        String nothing() {
            return "there is no group yet. Make one with  sally admin groups create NAME.";
        }
    }

    @Command(name = "show", header = "Show a group and who is in it.")
    static final class Show extends One<Group> {

        @Parameters(paramLabel = "GROUP", description = "Id or name.")
        private String group = "";

        Show(Run run) {
            super(run);
        }

        @Override
        Group one() throws Exception {
            return client().group(group);
        }

        @Override
        Facts facts(Group one) {
            return GroupCommands.facts(one);
        }
    }

    @Command(
            name = "create",
            header = "Create a group.",
            description = "Users get into it with  sally admin users update USER --add-group NAME.")
    static final class Create extends One<Group> {

        @Parameters(paramLabel = "NAME", description = "The name; it never changes.")
        private String name = "";

        Create(Run run) {
            super(run);
        }

        @Override
        Group one() throws Exception {
            return client().createGroup(new NewGroup(name));
        }

        @Override
        Facts facts(Group one) {
            return GroupCommands.facts(one);
        }
    }

    @Command(name = "delete", header = "Delete groups; what they allowed is allowed no longer.")
    static final class Delete extends Removal {
        Delete(Run run) {
            super(run);
        }

        @Override
        void remove(SallyportClient client, String name) throws IOException, Refused {
            client.deleteGroup(name);
        }
    }
}
