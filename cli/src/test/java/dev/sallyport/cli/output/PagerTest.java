package dev.sallyport.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Groups;
import dev.sallyport.cli.TestingApi;
import dev.sallyport.cli.TestingSally;
import dev.sallyport.cli.TestingScreen;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PagerTest {

    @TempDir
    private Path folder;

    private TestingApi api;
    private TestingSally sally;
    private final TestingScreen screen = new TestingScreen(24, 80);

    @BeforeEach
    void start() throws IOException {
        api = new TestingApi();
        sally = TestingSally.with(folder, api).onATerminal().screen(screen);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private String listOf(int groups, String... words) {
        var items = new ArrayList<Groups.Group>();
        for (int i = 0; i < groups; i++) {
            items.add(new Groups.Group("grp_" + i, "group " + i, null));
        }
        api.on("GET /v1/groups", new Groups.Page(items, null));
        var arguments = new ArrayList<String>(List.of("admin", "groups", "ls"));
        arguments.addAll(List.of(words));
        var ran = sally.run(arguments.toArray(new String[0]));
        assertThat(ran.code()).as(ran.err()).isZero();
        return ran.out();
    }

    @Test
    void aListThatIsLongerThanTheScreenGoesThroughThePagerAndNowhereElse() {
        assertThat(listOf(24)).isEmpty();
        var paged = screen.paged.getFirst();
        assertThat(paged.command()).contains("less");
        assertThat(paged.variables()).containsEntry("LESS", "FRX");
        assertThat(paged.text()).contains("group 23").startsWith("\u001b[1m");
    }

    @Test
    void aListThatFitsIsPrinted() {
        assertThat(listOf(20)).contains("group 19");
        assertThat(screen.paged).isEmpty();
    }

    @Test
    void linesThatAreWiderThanTheScreenCountForMore() {
        var narrow = new TestingScreen(24, 6);
        sally.screen(narrow);
        assertThat(listOf(16)).isEmpty();
        assertThat(narrow.paged).hasSize(1);
    }

    @Test
    void theUsersOwnPagerIsTaken() {
        sally.variable("PAGER", "more").variable("LESS", "R");
        listOf(30);
        assertThat(screen.paged.getLast().command()).isEqualTo("more");
        assertThat(screen.paged.getLast().variables()).isEmpty();
        sally.variable("SALLY_PAGER", "most -s");
        listOf(30);
        assertThat(screen.paged.getLast().command()).isEqualTo("most -s");
    }

    @Test
    void nothingIsPagedWhereThatIsSaidOrNobodyLooksOrJsonIsWanted() throws IOException {
        assertThat(listOf(30, "--no-pager")).contains("group 29");
        assertThat(listOf(30, "-o", "json")).contains("group 29");
        for (var none : List.of("", "cat")) {
            sally.variable("SALLY_PAGER", none);
            assertThat(listOf(30)).contains("group 29");
        }
        sally.variable("SALLY_PAGER", "less").variable("TERM", "dumb");
        assertThat(listOf(30)).contains("group 29");
        sally = TestingSally.with(folder, api).screen(screen);
        assertThat(listOf(30)).contains("group 29");
        assertThat(screen.paged).isEmpty();
    }

    @Test
    void whereNoPagerIsInstalledTheListIsPrinted() {
        sally.screen(new TestingScreen(24, 80).withoutPagers());
        assertThat(listOf(30)).contains("group 29");
    }
}
