package dev.sallyport.cli.admin;

import dev.sallyport.api.Refused;
import dev.sallyport.api.SallyportClient;
import dev.sallyport.api.Users.Page;
import dev.sallyport.api.Users.User;
import dev.sallyport.api.Users.UserWrite;
import dev.sallyport.cli.output.Facts;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Pages;
import dev.sallyport.cli.run.Run;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sally admin users`.
final class UserCommands {

    private UserCommands() {}

    static Facts facts(User user) {
        return new Facts()
                .add("user", user.id())
                .add("e-mail", user.email())
                .add("name", user.name())
                .add("subject", user.subject())
                .add("groups", user.groups())
                .add("status", user.status())
                .add("version", Long.toString(user.version()));
    }

    @Command(name = "ls", header = "List users.")
    static final class Ls extends Listing<User> {
        Ls(Run run) {
            super(run);
        }

        @Override
        Pages.One<User> page(SallyportClient client, @Nullable String cursor) throws IOException, Refused {
            var page = client.users(cursor);
            return new Pages.One<>(page.items(), page.next());
        }

        @Override
        Object page(List<User> items) {
            return new Page(items, null);
        }

        @Override
        Table table(List<User> items) {
            var table = new Table("USER", "E-MAIL", "NAME", "GROUPS", "STATUS");
            for (var user : items) {
                table.row(user.id(), user.email(), user.name(), String.join(",", user.groups()), user.status());
            }
            return table;
        }

        @Override
        String nothing() {
            return "there is no user yet. Make one with  sally admin users create EMAIL.";
        }
    }

    @Command(name = "show", header = "Show a user.")
    static final class Show extends One<User> {

        @Parameters(paramLabel = "USER", description = "Id or e-mail address.")
        private String user = "";

        Show(Run run) {
            super(run);
        }

        @Override
        User one() throws Exception {
            return client().user(user);
        }

        @Override
        Facts facts(User one) {
            return UserCommands.facts(one);
        }
    }

    @Command(
            name = "create",
            header = "Create a user.",
            footer = {"", "Example:", "  sally admin users create alice@example.com --name Alice --group engineers"})
    static final class Create extends One<User> {

        @Parameters(paramLabel = "EMAIL", description = "The e-mail address; unique.")
        private String email = "";

        @Option(names = "--name", paramLabel = "NAME", description = "The name, for people.")
        private @Nullable String name;

        @Option(names = "--subject", paramLabel = "SUBJECT", description = "The subject at the identity provider.")
        private @Nullable String subject;

        @Option(names = "--group", paramLabel = "GROUP", description = "A group; may be given several times.")
        private List<String> groups = new ArrayList<>();

        Create(Run run) {
            super(run);
        }

        @Override
        User one() throws Exception {
            return client().createUser(new UserWrite(email, subject, name, groups, null));
        }

        @Override
        Facts facts(User one) {
            return UserCommands.facts(one);
        }
    }

    @Command(
            name = "update",
            header = "Change a user; what is not named stays.",
            description = "Its live sessions are judged again at once.",
            footer = {
                "",
                "Examples:",
                "  sally admin users update bob@example.com --add-group engineers",
                "  sally admin users update bob@example.com --status inactive"
            })
    static final class Update extends One<User> {

        @Parameters(paramLabel = "USER", description = "Id or e-mail address.")
        private String user = "";

        @Option(names = "--email", paramLabel = "EMAIL", description = "The new e-mail address.")
        private @Nullable String email;

        @Option(names = "--name", paramLabel = "NAME", description = "The new name.")
        private @Nullable String name;

        @Option(names = "--subject", paramLabel = "SUBJECT", description = "The new subject.")
        private @Nullable String subject;

        @Option(names = "--add-group", paramLabel = "GROUP", description = "Put the user into this group.")
        private List<String> added = new ArrayList<>();

        @Option(names = "--remove-group", paramLabel = "GROUP", description = "Take the user out of this group.")
        private List<String> removed = new ArrayList<>();

        @Option(names = "--status", paramLabel = "STATUS", description = "active or inactive.")
        private @Nullable String status;

        Update(Run run) {
            super(run);
        }

        @Override
        User one() throws Exception {
            if (email == null
                    && name == null
                    && subject == null
                    && status == null
                    && added.isEmpty()
                    && removed.isEmpty()) {
                throw Failure.usage("say what to change, as in --add-group engineers.");
            }
            var now = client().user(user);
            var groups = new LinkedHashSet<>(now.groups());
            groups.addAll(added);
            groups.removeAll(removed);
            return client().updateUser(
                            now.id(),
                            new UserWrite(
                                    email == null ? now.email() : email,
                                    subject == null ? now.subject() : subject,
                                    name == null ? now.name() : name,
                                    List.copyOf(groups),
                                    status == null ? now.status() : status));
        }

        @Override
        Facts facts(User one) {
            return UserCommands.facts(one);
        }
    }

    @Command(name = "delete", header = "Delete users; their live sessions end.")
    static final class Delete extends Removal {
        Delete(Run run) {
            super(run);
        }

        @Override
        void remove(SallyportClient client, String name) throws IOException, Refused {
            client.deleteUser(name);
        }
    }
}
