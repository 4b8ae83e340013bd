package dev.sallyport.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.control.http.Router.Route;
import dev.sallyport.core.apikey.ApiKey.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.junit.jupiter.api.Test;

/// `docs/permissions.md` is what the routes say of themselves. Run with `-Dpermissions=write` to write it anew; the
/// difference is what a change gives to whom.
final class PermissionTableTest {

    private static final Path FILE = Path.of("..", "docs", "permissions.md");

    @Test
    void theTableIsWhatTheRoutesSay() throws IOException {
        var table = table();
        if ("write".equals(System.getProperty("permissions"))) {
            Files.writeString(FILE, table);
        }
        assertThat(Files.readString(FILE))
                .as("docs/permissions.md is not current: run this test with -Dpermissions=write, and read what changed")
                .isEqualTo(table);
    }

    private static String table() {
        var table = new StringBuilder("""
                # Who may do what
                Written from the routes themselves (`PermissionTableTest`); `PermissionsTest` tries each one. Roles are those of \
                API keys.
                Whatever is not here nobody may.

                - `/v1/tenants` is, besides, for the operator's tenant only.
                - A member sees its own user's sessions only, ends only those, and of connections those that its user may use, \
                without their
                  settings.
                - Sessions are ended by admins and members; an auditor is refused (`POST …/kill`).
                - *Open*: no key is asked for. The address of a chunk proves the right itself, for some minutes; an agent registers \
                with a
                  token that counts once.
                - *Scope* is what a key that has scopes needs for it.

                | method | route | admin | auditor | member | scope |
                |---|---|---|---|---|---|
                """);
        new Bed()
                .routes().stream()
                        .sorted(Comparator.comparing(Route::template).thenComparing(Route::method))
                        .forEach(route -> table.append("| ")
                                .append(route.method())
                                .append(" | `")
                                .append(route.template())
                                .append('`')
                                .append(may(route, Role.ADMIN))
                                .append(may(route, Role.AUDITOR))
                                .append(may(route, Role.MEMBER))
                                .append(" | ")
                                .append(route.scope()
                                        .map(scope -> "`" + scope + "`")
                                        .orElse("-"))
                                .append(" |\n"));
        return table.toString();
    }

    private static String may(Route route, Role role) {
        if (route.open()) {
            return " | open";
        }
        return route.roles().contains(role) ? " | yes" : " | no";
    }
}
