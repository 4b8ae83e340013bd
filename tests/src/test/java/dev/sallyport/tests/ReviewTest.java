package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sallyport.api.Connections.Database;
import dev.sallyport.api.Groups;
import dev.sallyport.api.Keys.NewKey;
import dev.sallyport.api.Refused;
import dev.sallyport.api.Reviews.Approve;
import dev.sallyport.api.Reviews.Reject;
import dev.sallyport.api.Reviews.Review;
import dev.sallyport.api.SallyportClient;
import dev.sallyport.api.Users.UserWrite;
import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.LastSession;
import dev.sallyport.tests.bed.NewConnections;
import dev.sallyport.tests.bed.Postgres;
import dev.sallyport.tests.bed.Ran;
import dev.sallyport.tests.bed.Run;
import dev.sallyport.tests.bed.Shared;
import dev.sallyport.tests.bed.Tunnel;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Statements that wait for a person, by psql, a driver and `sally`: promise P6 and attack class 32.
@EndToEnd
class ReviewTest {

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final Duration LONG = Duration.ofSeconds(40);

    private final Instance instance = Shared.instance();
    private final Postgres server = Postgres.shared();
    private final int number = NUMBER.incrementAndGet();
    private final String group = "leads-" + number;
    private final String leadEmail = "lead-" + number + "@example.com";

    @TempDir
    Path folder = Path.of("");

    private SallyportClient admin;
    private SallyportClient lead;
    private SallyportClient alice;
    private SallyportClient bob;
    private String connection = "";

    ReviewTest() throws Exception {
        admin = instance.admin();
        var _ = admin.createGroup(new Groups.NewGroup(group));
        var _ = admin.createUser(new UserWrite(leadEmail, null, "lead", List.of(group), null));
        lead = client(leadEmail);
        alice = client("alice@example.com");
        bob = client("bob@example.com");
    }

    @BeforeEach
    void prepare() throws Exception {
        connection = reviewed(300);
        sql("create table if not exists kept (id int primary key, city text); truncate kept;"
                + " insert into kept select n, 'Berlin' from generate_series(1, 20) n;"
                + " drop table if exists doomed; create table doomed (id int);");
    }

    @AfterEach
    void close() {
        lead.close();
        alice.close();
        bob.close();
        admin.close();
    }

    private SallyportClient client(String email) throws Exception {
        var secret =
                admin.createKey(new NewKey(email, "member", email, null, null)).secret();
        return new SallyportClient(URI.create(url()), secret);
    }

    private String url() throws Exception {
        var matcher = Pattern.compile("\"url\"\\s*:\\s*\"([^\"]*)\"")
                .matcher(Files.readString(instance.folder().resolve("cli.json")));
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    private String reviewed(long seconds) throws Exception {
        return NewConnections.reviewed(
                instance,
                new Database(
                        "127.0.0.1",
                        server.port(),
                        Postgres.USER,
                        "seal:" + Postgres.PASSWORD,
                        Postgres.DATABASE,
                        null,
                        "disable",
                        null,
                        null,
                        null,
                        "none",
                        null,
                        List.of("safe-writes"),
                        """
                        rule moves
                          hold
                          when does update
                          say Moves need a second pair of eyes.
                        """),
                List.of(group),
                seconds);
    }

    private Ran sql(String text) throws Exception {
        var ran = Postgres.psql(
                server.port(),
                Postgres.USER,
                Postgres.PASSWORD,
                text,
                "-At",
                "-d",
                Postgres.DATABASE,
                "-v",
                "ON_ERROR_STOP=1");
        assertThat(ran.status()).as("%s", ran).isZero();
        return ran;
    }

    private boolean there(String table) throws Exception {
        return sql("select to_regclass('" + table + "') is not null;")
                .out()
                .strip()
                .equals("t");
    }

    private static <T> CompletableFuture<T> later(java.util.concurrent.Callable<T> work) {
        var done = new CompletableFuture<T>();
        var _ = Thread.ofVirtual().start(() -> {
            try {
                done.complete(work.call());
            } catch (Exception e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    private static CompletableFuture<Ran> psql(Tunnel tunnel, String input) {
        return later(() -> Postgres.psql(tunnel.port(), "anyone", "x", input, "-At"));
    }

    private Connection driver(Tunnel tunnel) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + tunnel.port() + "/", "anyone", "x");
    }

    /// The one that waits on this connection.
    private Review pending() throws Exception {
        var found = await().atMost(LONG)
                .until(
                        () -> admin.reviews(Map.of("state", "pending")).items().stream()
                                .filter(review -> review.connectionName().equals(connection))
                                .findFirst(),
                        java.util.Optional::isPresent);
        return lead.review(found.orElseThrow().id());
    }

    private void state(Review review, String state) {
        await().atMost(LONG)
                .untilAsserted(
                        () -> assertThat(admin.review(review.id()).state()).isEqualTo(state));
    }

    private Ran sallyAs(String secret, String... arguments) throws Exception {
        var file = folder.resolve("cli.json");
        Files.writeString(file, "{\"url\": \"" + url() + "\", \"key\": \"" + secret + "\"}");
        Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        var command = new java.util.ArrayList<>(
                List.of(Instance.ROOT.resolve("sally").toString(), "--config", file.toString()));
        command.addAll(List.of(arguments));
        return Run.of(command, Map.of("NO_COLOR", "1")).now();
    }

    @Test
    void aHeldDropWaitsAndRunsOnceWhenAnotherApproves() throws Exception {
        try (var tunnel = Tunnel.open(instance, "alice", connection)) {
            var waits = psql(tunnel, "drop table doomed;\nselect 'still here';\n");
            var review = pending();
            assertThat(review.statement()).isEqualTo("drop table doomed;");
            assertThat(review.email()).isEqualTo("alice@example.com");
            assertThat(review.touches()).contains("drop table");
            assertThat(review.mayDecide()).isTrue();
            assertThat(there("doomed")).as("nothing runs before it is approved").isTrue();
            assertThat(waits).isNotDone();

            var secret = admin.createKey(new NewKey("lead's", "member", leadEmail, null, null))
                    .secret();
            var listed = sallyAs(secret, "reviews", "ls", "--state", "pending");
            assertThat(listed.out()).as("%s", listed).contains(review.id(), connection, "yes", "drop table doomed");
            var shown = sallyAs(secret, "reviews", "show", review.id());
            assertThat(shown.out())
                    .as("%s", shown)
                    .contains("  | drop table doomed;", "safe-writes/", "alice@example.com", "pending, for another");
            var approved = sallyAs(secret, "reviews", "approve", review.id(), "--reason", "case 12");
            assertThat(approved.status()).as("%s", approved).isZero();

            var ran = waits.get(60, TimeUnit.SECONDS);
            assertThat(ran.out()).as("%s", ran).isEqualTo("DROP TABLE\nstill here\n");
            assertThat(ran.err())
                    .contains("NOTICE:", review.id(), "sally reviews approve", "somebody of " + group, "for 5 minutes");
            assertThat(there("doomed")).isFalse();
            state(review, "used");

            // once: the same statement waits anew
            sql("create table doomed (id int);");
            var again = psql(tunnel, "drop table doomed;\n");
            var second = pending();
            assertThat(second.id()).isNotEqualTo(review.id());
            var _ = lead.rejectReview(second.id(), new Reject("not on a Friday"));
            var refused = again.get(60, TimeUnit.SECONDS);
            assertThat(refused.err()).contains("ERROR:", leadEmail + " rejected it: not on a Friday", "safe-writes/");
            assertThat(there("doomed")).isTrue();
            assertThat(admin.review(second.id()).state()).isEqualTo("rejected");
        }
    }

    @Test
    void aTransactionGoesOnAroundAStatementThatWaits() throws Exception {
        try (var tunnel = Tunnel.open(instance, "alice", connection)) {
            var waits = psql(tunnel, """
                    begin;
                    delete from kept where id = 1;
                    update kept set city = 'Rome' where id = 2;
                    commit;
                    select city from kept where id = 2;
                    begin;
                    delete from kept where id = 3;
                    update kept set city = 'Oslo' where id = 4;
                    select 'not in here';
                    rollback;
                    select count(*) from kept;
                    """);
            var _ = lead.approveReview(pending().id(), new Approve(null, null));
            var second = await().atMost(LONG)
                    .until(this::pending, review -> review.excerpt().contains("Oslo"));
            var _ = lead.rejectReview(second.id(), new Reject("no"));
            var ran = waits.get(60, TimeUnit.SECONDS);
            assertThat(ran.out())
                    .as("%s", ran)
                    .isEqualTo("BEGIN\nDELETE 1\nUPDATE 1\nCOMMIT\nRome\nBEGIN\nDELETE 1\nROLLBACK\n19\n");
            assertThat(ran.err()).contains("current transaction is aborted");
        }
        assertThat(LastSession.sealed(instance, "alice@example.com").show())
                .contains("hold, approved", "hold, refused");
    }

    @Test
    void whatNobodyDecidesExpires() throws Exception {
        connection = reviewed(1);
        try (var tunnel = Tunnel.open(instance, "alice", connection)) {
            var ran = psql(tunnel, "drop table doomed;\nselect 'still here';\n").get(60, TimeUnit.SECONDS);
            assertThat(ran.out()).as("%s", ran).isEqualTo("still here\n");
            assertThat(ran.err()).contains("nobody approved it within 1 second");
        }
        var review = admin.reviews(Map.of()).items().stream()
                .filter(one -> one.connectionName().equals(connection))
                .findFirst()
                .orElseThrow();
        assertThat(review.state()).isEqualTo("expired");
        assertThatThrownBy(() -> lead.approveReview(review.id(), new Approve(null, null)))
                .isInstanceOfSatisfying(
                        Refused.class, it -> assertThat(it.problem().status()).isEqualTo(409));
        assertThat(there("doomed")).isTrue();
    }

    @Test
    void whoAskedWhoIsNotNamedAndWhoSeesNothingDecideNothing() throws Exception {
        try (var tunnel = Tunnel.open(instance, "alice", connection)) {
            var waits = psql(tunnel, "drop table doomed;\n");
            var review = pending();
            assertThat(alice.review(review.id()).mayDecide()).isFalse();
            declined(
                    403,
                    "You asked for this yourself",
                    () -> alice.approveReview(review.id(), new Approve(null, null)));
            declined(404, "", () -> bob.approveReview(review.id(), new Approve(null, null)));
            declined(404, "", () -> bob.review(review.id()));
            declined(404, "", () -> bob.rejectReview(review.id(), new Reject("x")));
            assertThat(bob.reviews(Map.of()).items()).noneMatch(one -> one.id().equals(review.id()));
            declined(403, "no person", () -> admin.approveReview(review.id(), new Approve(null, null)));
            declined(
                    409, "another statement", () -> lead.approveReview(review.id(), new Approve(null, "0".repeat(64))));
            assertThat(waits).isNotDone();
            assertThat(there("doomed")).isTrue();
            var _ = lead.rejectReview(review.id(), new Reject("no"));
            declined(409, "rejected", () -> lead.approveReview(review.id(), new Approve(null, null)));
            assertThat(waits.get(60, TimeUnit.SECONDS).err()).contains("rejected it: no");
        }
        assertThat(there("doomed")).isTrue();
    }

    private interface Asking {
        Object ask() throws Exception;
    }

    private static void declined(int status, String why, Asking asking) {
        assertThatThrownBy(asking::ask)
                .isInstanceOfSatisfying(
                        Refused.class,
                        it -> assertThat(it.problem().status())
                                .as("%s", it.getMessage())
                                .isEqualTo(status))
                .hasMessageContaining(why);
    }

    /// Attack class 32: by another identity of whoever asked, by what was changed, and once more.
    @Test
    @Tag("attack")
    void class32AnApprovalCountsOnceForOneStatementOfAnother() throws Exception {
        try (var tunnel = Tunnel.open(instance, "alice", connection)) {
            // a second key of his own, with an admin's role
            var own = admin.createKey(new NewKey("alice's", "admin", "alice@example.com", null, null))
                    .secret();
            var waits = psql(tunnel, "drop table doomed;\nselect 'on';\n");
            var review = pending();
            try (var asAdmin = new SallyportClient(URI.create(url()), own)) {
                declined(403, "You asked for this", () -> asAdmin.approveReview(review.id(), new Approve(null, null)));
                // and by one that he makes in an approver's name
                var stolen = asAdmin.createKey(new NewKey("lead's", "member", leadEmail, null, null))
                        .secret();
                try (var asLead = new SallyportClient(URI.create(url()), stolen)) {
                    declined(
                            403,
                            "You asked for this",
                            () -> asLead.approveReview(review.id(), new Approve(null, null)));
                }
                // and as a program, in a group of approvers
                var _ = asAdmin.createServiceAccount(new dev.sallyport.api.ServiceAccounts.ServiceAccountWrite(
                        "robot-" + number, null, List.of(group), null));
                var robots = admin.createKey(new NewKey("robot's", "member", null, "robot-" + number, null, null))
                        .secret();
                try (var robot = new SallyportClient(URI.create(url()), robots)) {
                    declined(403, "no person", () -> robot.approveReview(review.id(), new Approve(null, null)));
                }
            }
            assertThat(waits).isNotDone();
            var _ = lead.approveReview(review.id(), new Approve(null, review.statementSha256()));
            assertThat(waits.get(60, TimeUnit.SECONDS).out()).isEqualTo("DROP TABLE\non\n");
            state(review, "used");
            declined(409, "used", () -> lead.approveReview(review.id(), new Approve(null, null)));

            // the same text in another session: the approval is none there
            sql("create table doomed (id int);");
            try (var other = Tunnel.open(instance, "alice", connection)) {
                var again = psql(other, "drop table doomed;\n");
                var next = pending();
                assertThat(next.statementSha256()).isEqualTo(review.statementSha256());
                assertThat(again).isNotDone();
                assertThat(there("doomed")).isTrue();
                var _ = lead.rejectReview(next.id(), new Reject("no"));
                again.get(60, TimeUnit.SECONDS);
            }
            assertThat(there("doomed")).isTrue();
        }
    }

    /// What a driver prepares is held each time that it would run, with the values that it would run with.
    @Test
    void aPreparedStatementIsHeldForEachRunWithItsParameters() throws Exception {
        try (var tunnel = Tunnel.open(instance, "alice", connection);
                var driver = driver(tunnel);
                var move = driver.prepareStatement("update kept set city = ? where id = ?")) {
            for (int round = 1; round <= 7; round++) {
                move.setString(1, "O'Town " + round);
                move.setInt(2, round);
                var waits = later(move::executeUpdate);
                var review = pending();
                assertThat(review.statement()).isEqualTo("update kept set city = $1 where id = $2");
                assertThat(review.parameters()).containsExactly("'O''Town " + round + "'", "'" + round + "'");
                if (round % 2 == 1) {
                    var _ = lead.approveReview(review.id(), new Approve(null, review.statementSha256()));
                    assertThat(waits.get(60, TimeUnit.SECONDS)).isEqualTo(1);
                } else {
                    var _ = lead.rejectReview(review.id(), new Reject("no"));
                    assertThatThrownBy(() -> waits.get(60, TimeUnit.SECONDS)).hasMessageContaining("rejected it: no");
                }
                state(review, round % 2 == 1 ? "used" : "rejected");
            }
        }
        assertThat(sql("select id from kept where city <> 'Berlin' order by id;")
                        .out())
                .isEqualTo("1\n3\n5\n7\n");
    }

    @Test
    void aClientThatCancelsOrLeavesTakesItsQuestionBack() throws Exception {
        try (var tunnel = Tunnel.open(instance, "alice", connection)) {
            try (var driver = driver(tunnel);
                    var drop = driver.createStatement();
                    var next = driver.createStatement()) {
                var waits = later(() -> drop.execute("drop table doomed"));
                var review = pending();
                drop.cancel();
                assertThatThrownBy(() -> waits.get(60, TimeUnit.SECONDS))
                        .hasMessageContaining("canceling statement due to user request");
                state(review, "cancelled");
                declined(409, "cancelled", () -> lead.approveReview(review.id(), new Approve(null, null)));
                try (var rows = next.executeQuery("select 'still here'")) {
                    assertThat(rows.next()).isTrue();
                }
            }
            var leaves = new ProcessBuilder(
                            "psql",
                            "-X",
                            "-h",
                            "127.0.0.1",
                            "-p",
                            Integer.toString(tunnel.port()),
                            "-U",
                            "anyone",
                            "-c",
                            "drop table doomed")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            var review = pending();
            leaves.destroyForcibly().waitFor();
            state(review, "cancelled");
        }
        assertThat(there("doomed")).isTrue();
    }

    /// Without a client program: the notice comes on stderr, and the end of input is no end of the wait.
    @Test
    void aStatementOfACommandOrOfStdinWaitsToo() throws Exception {
        var waits = later(
                () -> instance.ssh("alice", connection, "drop table doomed").now());
        var review = pending();
        var _ = lead.approveReview(review.id(), new Approve(null, null));
        var ran = waits.get(60, TimeUnit.SECONDS);
        assertThat(ran.status()).as("%s", ran).isZero();
        assertThat(ran.err()).contains("NOTICE:", review.id(), "DROP TABLE");
        assertThat(there("doomed")).isFalse();

        sql("create table doomed (id int);");
        var piped = later(() ->
                instance.ssh("alice", connection).input("drop table doomed;\n").now());
        var second = pending();
        var _ = lead.rejectReview(second.id(), new Reject("no"));
        var refused = piped.get(60, TimeUnit.SECONDS);
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.err()).contains("rejected it: no");
        assertThat(there("doomed")).isTrue();
    }
}
