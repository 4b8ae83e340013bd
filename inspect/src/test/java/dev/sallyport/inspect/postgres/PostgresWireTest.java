package dev.sallyport.inspect.postgres;

import static dev.sallyport.inspect.postgres.Conversation.ALLOW;
import static dev.sallyport.inspect.postgres.Conversation.all;
import static dev.sallyport.inspect.postgres.Conversation.bind;
import static dev.sallyport.inspect.postgres.Conversation.complete;
import static dev.sallyport.inspect.postgres.Conversation.description;
import static dev.sallyport.inspect.postgres.Conversation.error;
import static dev.sallyport.inspect.postgres.Conversation.execute;
import static dev.sallyport.inspect.postgres.Conversation.int16;
import static dev.sallyport.inspect.postgres.Conversation.int32;
import static dev.sallyport.inspect.postgres.Conversation.message;
import static dev.sallyport.inspect.postgres.Conversation.parse;
import static dev.sallyport.inspect.postgres.Conversation.query;
import static dev.sallyport.inspect.postgres.Conversation.ready;
import static dev.sallyport.inspect.postgres.Conversation.row;
import static dev.sallyport.inspect.postgres.Conversation.start;
import static dev.sallyport.inspect.postgres.Conversation.sync;
import static dev.sallyport.inspect.postgres.Conversation.text;
import static dev.sallyport.inspect.postgres.Conversation.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.policy.Operation;
import dev.sallyport.core.policy.Verdict;
import dev.sallyport.core.policy.Verdict.RowLimit;
import dev.sallyport.inspect.database.Judge;
import dev.sallyport.inspect.database.Judged;
import dev.sallyport.inspect.database.Masking;
import dev.sallyport.inspect.database.ServerLogin;
import dev.sallyport.inspect.sql.Act;
import dev.sallyport.inspect.sql.Reading;
import dev.sallyport.inspect.sql.SqlStatement;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresWireTest {

    private static final Reading UNREAD = new Reading.Unread("not looked at");

    /// Blocks what mentions `drop`, warns of `warn`.
    private static final Judge JUDGE = asked -> {
        var text = asked.text().orElse("drop");
        return new Judged(
                text.contains("drop")
                        ? new Verdict.Block("safe/no-drop", "this statement drops something")
                        : text.contains("warn")
                                ? new Verdict.Warn("safe/warn", "careful", Optional.empty())
                                : Verdict.ALLOW,
                UNREAD);
    };

    // ---- start-up

    @Test
    void encryptionIsDeclinedAndTheStartIsTold() {
        var one = new Conversation(ALLOW, Masking.NONE);
        one.client(all(int32(8), int32(80_877_104)));
        one.client(all(int32(8), int32(80_877_103)));
        assertThat(one.toClient.toString(StandardCharsets.US_ASCII)).isEqualTo("NN");
        one.client(start("anyone", "database", "shop", "options", "-c statement_timeout=5s --search-path=a\\ b"));
        assertThat(one.start).hasValueSatisfying(said -> {
            assertThat(said.user()).isEqualTo("anyone");
            assertThat(said.database()).contains("shop");
            assertThat(said.parameters())
                    .containsEntry("statement_timeout", "5s")
                    .containsEntry("search_path", "a b");
        });
        assertThat(one.wire.awaits()).isTrue();
    }

    @Test
    void bytesAfterARequestToEncryptEndTheSession() {
        for (int code : new int[] {80_877_103, 80_877_104}) {
            var one = new Conversation(ALLOW, Masking.NONE);
            one.client(all(int32(8), int32(code), start("anyone")));
            assertThat(one.ended).hasValueSatisfying(why -> assertThat(why).contains("before its answer"));
            assertThat(one.start).isEmpty();
        }
    }

    @Test
    void whatAClientMayNotBeginWithIsSaid() {
        for (var settings : List.of(
                List.of("replication", "database"),
                List.of("options", "-c session_preload_libraries=evil"),
                List.of("options", "-D /tmp"),
                List.of("session_authorization", "postgres"),
                List.of("role", "postgres"))) {
            var one = new Conversation(ALLOW, Masking.NONE);
            one.client(start("anyone", settings.toArray(String[]::new)));
            assertThat(one.ended).as("%s", settings).isPresent();
            assertThat(one.seen()).as("%s", settings).isEqualTo("E(08006)");
            assertThat(one.start).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 7, 10_001, Integer.MAX_VALUE, -1})
    void aStartOfAbsurdLengthEndsTheSession(int length) {
        var one = new Conversation(ALLOW, Masking.NONE);
        one.client(all(int32(length), int32(3 << 16)));
        assertThat(one.ended).isPresent();
    }

    @Test
    void anOlderProtocolIsRefusedAndANewerOneNegotiated() {
        var old = new Conversation(ALLOW, Masking.NONE);
        old.client(all(int32(9), int32(2 << 16), new byte[1]));
        assertThat(old.ended).isPresent();
        var fresh = new Conversation(ALLOW, Masking.NONE);
        var said = start("anyone", "_pq_.command_tag_format", "x");
        said[7] = 2;
        fresh.client(said);
        assertThat(fresh.start).isPresent();
        assertThat(fresh.seen()).isEqualTo("v");
    }

    @Test
    void aRequestToStopAStatementIsPassedOnAndNothingElseHappens() {
        var one = new Conversation(ALLOW, Masking.NONE);
        one.client(all(int32(16), int32(80_877_102), int32(99), int32(12)));
        assertThat(one.cancelled).hasValueSatisfying(key -> {
            assertThat(key.process()).isEqualTo(99);
            assertThat(key.secret()).containsExactly(0, 0, 0, 12);
        });
        assertThat(one.start).isEmpty();
    }

    @Test
    void theClientLearnsAKeyOfOursAndTheServersIsUsed() {
        var one = Conversation.loggedIn(ALLOW, Masking.NONE);
        assertThat(one.wire.cancelRequest()).contains(all(int32(16), int32(80_877_102), int32(4711), int32(815)));
        assertThat(one.wire.cancelKey())
                .hasValueSatisfying(key -> assertThat(key.process()).isNotEqualTo(4711));
    }

    // ---- the login

    @Test
    void aServerWithoutTlsIsRefusedWhereItIsRequired() {
        var one = new Conversation(ALLOW, Masking.NONE);
        one.client(start("anyone"));
        one.connected(ServerLogin.Tls.REQUIRE);
        one.server(new byte[] {'N'});
        assertThat(one.ended).hasValueSatisfying(why -> assertThat(why).contains("no TLS"));
        assertThat(one.toServer.size()).as("nothing but the question").isEqualTo(8);
    }

    @Test
    void bytesBeforeTlsEndTheSession() {
        var one = new Conversation(ALLOW, Masking.NONE);
        one.client(start("anyone"));
        one.connected(ServerLogin.Tls.REQUIRE);
        one.server(all(new byte[] {'S'}, message('R', int32(0))));
        assertThat(one.ended).isPresent();
        assertThat(one.secure).isFalse();
    }

    @Test
    void thePasswordIsNotSentInTheClear() {
        var one = new Conversation(ALLOW, Masking.NONE);
        one.client(start("anyone"));
        one.connected(ServerLogin.Tls.DISABLE);
        one.toServer.reset();
        one.server(message('R', int32(3)));
        assertThat(one.ended).hasValueSatisfying(why -> assertThat(why).contains("in the clear"));
        assertThat(one.toServer.size()).isZero();
    }

    @Test
    void aServerThatDoesNotProveThatItKnowsThePasswordIsLeft() {
        for (var last : List.of("v=AAAA", "v=", "e=other", "")) {
            var one = new Conversation(ALLOW, Masking.NONE);
            one.client(start("anyone"));
            one.connected(ServerLogin.Tls.DISABLE);
            one.toServer.reset();
            one.server(message('R', int32(10), text("SCRAM-SHA-256"), new byte[1]));
            var first = one.toServer.toString(StandardCharsets.US_ASCII);
            var nonce = first.substring(first.indexOf("r=") + 2);
            one.server(message('R', int32(11), utf8("r=" + nonce + "more,s=c2FsdHNhbHQ=,i=4096")));
            one.server(message('R', int32(12), utf8(last)));
            one.server(message('R', int32(0)));
            assertThat(one.ended)
                    .as(last)
                    .hasValueSatisfying(why -> assertThat(why).contains("did not prove"));
            assertThat(one.loggedIn).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "r=other,s=c2FsdA==,i=4096",
                "r=NONCE,s=c2FsdA==,i=4096",
                "r=NONCEx,s=c2FsdA==,i=1",
                "r=NONCEx,s=c2FsdA==,i=2000000000",
                "r=NONCEx,s=***,i=4096",
                "r=NONCEx",
                "",
            })
    void aScramMessageThatIsNoneEndsTheLogin(String message) {
        var one = new Conversation(ALLOW, Masking.NONE);
        one.client(start("anyone"));
        one.connected(ServerLogin.Tls.DISABLE);
        one.toServer.reset();
        one.server(message('R', int32(10), text("SCRAM-SHA-256"), new byte[1]));
        var first = one.toServer.toString(StandardCharsets.US_ASCII);
        one.server(message('R', int32(11), utf8(message.replace("NONCE", first.substring(first.indexOf("r=") + 2)))));
        assertThat(one.ended).isPresent();
    }

    @Test
    void rowsBeforeTheLoginEndTheSession() {
        var one = new Conversation(ALLOW, Masking.NONE);
        one.client(start("anyone"));
        one.connected(ServerLogin.Tls.DISABLE);
        one.server(row(utf8("early")));
        assertThat(one.ended).isPresent();
        assertThat(one.seen()).isEqualTo("E(08006)");
    }

    // ---- statements

    @Test
    void aStatementIsAskedBeforeTheServerSeesItAndAnswered() {
        var one = Conversation.loggedIn(ALLOW, Masking.NONE);
        one.client(query("select 1"));
        assertThat(one.asked).singleElement().satisfies(asked -> {
            assertThat(asked.text()).contains("select 1");
            assertThat(asked.number()).isEqualTo(1);
        });
        one.server(all(description(0, 23), row(utf8("1")), complete("SELECT 1"), ready('I')));
        assertThat(one.sent()).isEqualTo("Q(select 1)");
        assertThat(one.seen()).isEqualTo("T D C(SELECT 1) Z(I)");
        assertThat(one.answered).singleElement().satisfies(answer -> {
            assertThat(answer.rows()).isEqualTo(1);
            assertThat(answer.error()).isEmpty();
        });
    }

    @Test
    void aBlockedStatementNeverReachesTheServerAndTheClientReadsWhy() {
        var one = Conversation.loggedIn(JUDGE, Masking.NONE);
        one.client(query("drop table customers"));
        assertThat(one.sent()).isEqualTo("Q(refused by Sallyport)");
        one.server(all(error("42601", "syntax error at or near \"refused\""), ready('I')));
        assertThat(one.seen()).isEqualTo("E(42501) Z(I)");
        assertThat(one.toClient.toString(StandardCharsets.UTF_8))
                .contains("this statement drops something")
                .contains("safe/no-drop")
                .doesNotContain("syntax error");
        assertThat(one.toServer.toString(StandardCharsets.UTF_8)).doesNotContain("customers");
        assertThat(one.answered)
                .singleElement()
                .satisfies(answer -> assertThat(answer.error()).contains("42501"));
        one.client(query("select 1"));
        one.server(all(description(0, 23), complete("SELECT 0"), ready('I')));
        assertThat(one.seen()).endsWith("T C(SELECT 0) Z(I)");
    }

    @Test
    void aBlockedStatementInAPipelineFailsInItsPlaceAndWhatFollowsIsSkipped() {
        var one = Conversation.loggedIn(JUDGE, Masking.NONE);
        one.client(all(
                parse("", "select 1"),
                bind("", ""),
                execute(""),
                parse("", "drop table customers"),
                bind("", ""),
                execute(""),
                parse("", "select 3"),
                bind("", ""),
                execute(""),
                sync(),
                query("select 4")));
        assertThat(one.asked)
                .extracting(asked -> asked.text().orElseThrow())
                .containsExactly("select 1", "drop table customers", "select 4");
        assertThat(one.sent()).isEqualTo("P(select 1) B E P(refused by Sallyport) S Q(select 4)");
        one.server(all(
                message('1'),
                message('2'),
                row(utf8("1")),
                complete("SELECT 1"),
                error("42601", "syntax error"),
                ready('I')));
        assertThat(one.seen()).isEqualTo("1 2 D C(SELECT 1) E(42501) Z(I)");
    }

    @Test
    void aWarningComesBeforeTheResultAndTheStatementRuns() {
        var one = Conversation.loggedIn(JUDGE, Masking.NONE);
        one.client(query("select 'warn'"));
        one.server(all(complete("SELECT 1"), ready('I')));
        assertThat(one.sent()).isEqualTo("Q(select 'warn')");
        assertThat(one.seen()).isEqualTo("N(01000) C(SELECT 1) Z(I)");
    }

    @Test
    void nothingOfTheClientIsTakenWhileAVerdictIsAwaited() {
        var one = Conversation.loggedIn(ALLOW, Masking.NONE);
        one.wire.client(query("select 1"), 0, query("select 1").length, one);
        assertThat(one.wire.awaits()).isTrue();
        assertThat(one.toServer.size()).isZero();
    }

    @Test
    void aPreparedStatementIsJudgedAgainWhenTheSessionsSettingsChanged() {
        var one = Conversation.loggedIn(ALLOW, Masking.NONE);
        one.client(all(parse("p", "select 'a\\''"), sync()));
        one.server(all(message('1'), ready('I')));
        one.client(all(bind("", "p"), execute(""), sync()));
        one.server(all(message('2'), complete("SELECT 0"), ready('I')));
        assertThat(one.asked).hasSize(1);
        one.server(message('S', text("standard_conforming_strings"), text("off")));
        one.client(all(bind("", "p"), execute(""), sync()));
        assertThat(one.asked).hasSize(2);
        assertThat(one.asked.getLast().settings().backslashEscapes()).isTrue();
        one.server(all(message('2'), complete("SELECT 0"), ready('I')));
        assertThat(one.answered)
                .hasSize(2)
                .last()
                .satisfies(answer -> assertThat(answer.number()).isEqualTo(2));
    }

    @Test
    void whatSqlPreparedOrDeclaredIsAskedAndAnsweredWhenTheProtocolRunsIt() {
        var one = Conversation.loggedIn(ALLOW, Masking.NONE);
        one.client(all(bind("", "theirs"), execute(""), execute("cursor"), sync()));
        one.server(all(message('2'), complete("SELECT 2"), complete("FETCH 3"), ready('I')));
        assertThat(one.asked)
                .extracting(asked -> asked.text().orElseThrow())
                .containsExactly("run the prepared statement theirs", "run the cursor cursor");
        assertThat(one.sent()).isEqualTo("B E E S");
        assertThat(one.answered)
                .extracting(answer -> answer.number() + ":" + answer.rows())
                .containsExactly("1:2", "2:3");
        var blocked = Conversation.loggedIn(JUDGE, Masking.NONE);
        blocked.client(all(bind("", "drops"), execute(""), sync()));
        assertThat(blocked.sent()).as("a name that says drop").isEqualTo("P(refused by Sallyport) S");
    }

    @Test
    void whatIsNotTextOfTheSessionsCharacterSetCannotBeUnderstood() {
        var one = Conversation.loggedIn(JUDGE, Masking.NONE);
        one.client(message('Q', new byte[] {'s', (byte) 0xff, 0}));
        assertThat(one.asked)
                .singleElement()
                .satisfies(asked -> assertThat(asked.text()).isEmpty());
        assertThat(one.sent()).isEqualTo("Q(refused by Sallyport)");
    }

    @Test
    void aQueryThatGoesOnAfterItsEndEndsTheSession() {
        var one = Conversation.loggedIn(ALLOW, Masking.NONE);
        one.client(message('Q', text("select 1"), text("drop table t")));
        assertThat(one.ended).isPresent();
        assertThat(one.toServer.size()).isZero();
    }

    // ---- at most so many rows

    private static final Judge LIMITED = asked -> new Judged(
            new Verdict.Allow(Optional.of(new RowLimit("safe/rows", "too many rows", 10))),
            new Reading.Read(List.of(new SqlStatement(
                    0,
                    1,
                    List.of(Act.of(Operation.DELETE)),
                    Set.of(),
                    Set.of(),
                    Set.of(),
                    false,
                    false,
                    Set.of(),
                    List.of()))));

    @Test
    void aStatementThatChangesTooManyRowsIsUndone() {
        var one = Conversation.loggedIn(LIMITED, Masking.NONE);
        one.client(query("delete from t"));
        assertThat(one.sent()).isEqualTo("Q(BEGIN)");
        one.server(all(complete("BEGIN"), ready('T')));
        one.server(all(complete("DELETE 11"), ready('T')));
        assertThat(one.sent()).isEqualTo("Q(BEGIN) Q(delete from t) Q(ROLLBACK)");
        assertThat(one.answered).isEmpty();
        one.server(all(complete("ROLLBACK"), ready('I')));
        assertThat(one.seen()).isEqualTo("E(42501) Z(I)");
        assertThat(one.answered)
                .singleElement()
                .satisfies(answer -> assertThat(answer.error()).contains("42501"));
    }

    @Test
    void withoutATransactionOfOursNothingRuns() {
        var one = Conversation.loggedIn(LIMITED, Masking.NONE);
        one.client(query("delete from t"));
        one.server(all(error("57014", "stopped"), ready('I')));
        assertThat(one.sent()).isEqualTo("Q(BEGIN)");
        assertThat(one.seen()).isEqualTo("E(57014) Z(I)");
        assertThat(one.wire.awaits()).isFalse();
    }

    @Test
    void aStatementThatChangesFewRowsIsKept() {
        var one = Conversation.loggedIn(LIMITED, Masking.NONE);
        one.client(query("delete from t where id < 10"));
        one.server(all(complete("BEGIN"), ready('T')));
        one.server(all(complete("DELETE 10"), ready('T')));
        assertThat(one.seen()).isEmpty();
        one.server(all(complete("COMMIT"), ready('I')));
        assertThat(one.seen()).isEqualTo("C(DELETE 10) Z(I)");
    }

    @Test
    void aCommitThatFailsIsTold() {
        var one = Conversation.loggedIn(LIMITED, Masking.NONE);
        one.client(query("delete from t where id < 10"));
        one.server(all(complete("BEGIN"), ready('T')));
        one.server(all(complete("DELETE 1"), ready('T')));
        one.server(all(error("23503", "violates a constraint"), ready('I')));
        assertThat(one.seen()).isEqualTo("E(23503) Z(I)");
        assertThat(one.answered)
                .singleElement()
                .satisfies(answer -> assertThat(answer.error()).contains("23503"));
    }

    @Test
    void whatCannotBeCountedDoesNotRun() {
        var one = Conversation.loggedIn(LIMITED, Masking.NONE);
        one.client(all(parse("", "delete from t"), sync()));
        assertThat(one.sent()).isEqualTo("P(refused by Sallyport) S");
        var inside = Conversation.loggedIn(LIMITED, Masking.NONE);
        inside.server(new byte[0]);
        inside.client(all(query("delete from t"), query("delete from t")));
        assertThat(inside.wire.awaits())
                .as("the second one waits for the first")
                .isTrue();
    }

    // ---- errors and their Sync, apart

    @Test
    void anErrorThatComesBeforeTheClientsSyncSkipsWhatTheServerSkips() {
        var one = Conversation.loggedIn(ALLOW, Masking.NONE);
        one.client(parse("", "selec 1"));
        one.server(error("42601", "syntax error"));
        one.client(all(bind("", ""), execute(""), query("select 2"), sync()));
        one.server(ready('I'));
        one.client(query("select 3"));
        one.server(all(description(0, 23), complete("SELECT 0"), ready('I')));
        assertThat(one.ended).isEmpty();
        assertThat(one.sent()).isEqualTo("P(selec 1) S Q(select 3)");
        assertThat(one.seen()).isEqualTo("E(42601) Z(I) T C(SELECT 0) Z(I)");
        assertThat(one.answered)
                .hasSize(2)
                .first()
                .satisfies(answer -> assertThat(answer.error()).contains("42601"));
    }

    @Test
    void aSecondPreparationThatFailsLeavesTheFirst() {
        var one = Conversation.loggedIn(ALLOW, Masking.NONE);
        // version 18 reports it: what is not read could have changed it otherwise
        one.server(message('S', text("search_path"), text("public")));
        one.client(all(parse("a", "select 1"), sync()));
        one.server(all(message('1'), ready('I')));
        one.client(all(parse("a", "select 2"), sync()));
        one.server(all(error("42P05", "already exists"), ready('I')));
        one.client(all(bind("", "a"), execute(""), sync()));
        one.server(all(message('2'), complete("SELECT 1"), ready('I')));
        assertThat(one.answered)
                .last()
                .satisfies(answer -> assertThat(answer.number()).isEqualTo(1));
    }

    @Test
    void aCopyByTheExtendedProtocolGoesOnAfterASyncThatTheServerPassesOver() {
        var one = Conversation.loggedIn(ALLOW, Masking.NONE);
        one.client(all(parse("", "copy t from stdin"), bind("", ""), execute(""), sync()));
        one.server(all(message('1'), message('2'), message('G', new byte[] {0}, int16(0))));
        one.client(all(message('d', utf8("1\n")), message('c'), sync()));
        one.server(all(complete("COPY 1"), ready('I')));
        one.client(query("select 1"));
        one.server(all(description(0, 23), complete("SELECT 0"), ready('I')));
        assertThat(one.ended).isEmpty();
        assertThat(one.seen()).isEqualTo("1 2 G C(COPY 1) Z(I) T C(SELECT 0) Z(I)");
    }

    @Test
    void aLoginHasNoStepTwiceAndNoSessionBeginsBeforeItsEnd() {
        var one = new Conversation(ALLOW, Masking.NONE);
        one.client(start("anyone"));
        one.connected(ServerLogin.Tls.DISABLE);
        one.toServer.reset();
        one.server(message('R', int32(10), text("SCRAM-SHA-256"), new byte[1]));
        var first = one.toServer.toString(StandardCharsets.US_ASCII);
        var again = message(
                'R', int32(11), utf8("r=" + first.substring(first.indexOf("r=") + 2) + "more,s=c2FsdA==,i=4096"));
        one.server(again);
        assertThat(one.ended).isEmpty();
        one.server(again);
        assertThat(one.ended).isPresent();
        var early = new Conversation(ALLOW, Masking.NONE);
        early.client(start("anyone"));
        early.connected(ServerLogin.Tls.DISABLE);
        early.server(ready('I'));
        assertThat(early.ended).isPresent();
        assertThat(early.loggedIn).isFalse();
    }

    // ---- cut anywhere, and rubbish

    @Test
    void whereverItIsCutTheSameComesOut() {
        var client = all(
                query("select 1"),
                parse("s", "select $1"),
                bind("", "s"),
                message('D', new byte[] {'P'}, text("")),
                execute(""),
                parse("", "drop table x"),
                bind("", ""),
                sync(),
                message('d', utf8("x".repeat(70_000))));
        var server = all(
                description(0, 25, 23),
                row(utf8("a"), utf8("1")),
                complete("SELECT 1"),
                ready('I'),
                message('1'),
                message('2'),
                description(0, 25),
                row(utf8("long".repeat(20_000))),
                complete("SELECT 1"),
                error("42601", "syntax"),
                ready('I'),
                message('S', text("TimeZone"), text("UTC")));
        var whole = Conversation.loggedIn(JUDGE, Masking.NONE);
        whole.client(client);
        whole.server(server);
        assertThat(whole.ended).isEmpty();
        for (int piece : new int[] {1, 2, 3, 4, 5, 6, 7, 11, 13, 64, 1_000, 65_536}) {
            var one = Conversation.loggedIn(JUDGE, Masking.NONE).inPieces(piece);
            one.client(client);
            one.server(server);
            assertThat(one.toServer.toByteArray()).as("pieces of %d", piece).isEqualTo(whole.toServer.toByteArray());
            assertThat(one.toClient.toByteArray()).as("pieces of %d", piece).isEqualTo(whole.toClient.toByteArray());
            assertThat(one.answered).isEqualTo(whole.answered);
        }
    }

    @Test
    void rubbishEndsTheSessionAndNothingElse() {
        var random = new Random(11);
        for (int i = 0; i < 20_000; i++) {
            var one = i % 2 == 0 ? Conversation.loggedIn(JUDGE, Masking.NONE) : new Conversation(JUDGE, Masking.NONE);
            var bytes = new byte[random.nextInt(60)];
            random.nextBytes(bytes);
            if (bytes.length > 5 && i % 3 == 0) {
                bytes[0] = (byte) "QPBDECSFdcfHX".charAt(random.nextInt(13));
                bytes[1] = 0;
                bytes[2] = 0;
                bytes[3] = 0;
            }
            one.client(bytes);
            if (one.loggedIn && one.ended.isEmpty()) {
                one.server(bytes);
            }
        }
    }

    // ---- a hostile server

    @Test
    void answersThatNobodyAskedForEndTheSession() {
        for (var answer : List.of(
                row(utf8("x")),
                complete("SELECT 1"),
                ready('I'),
                description(0, 25),
                message('1'),
                message('G', new byte[] {0}, int16(0)),
                message('W', new byte[] {0}, int16(0)),
                message('R', int32(0)))) {
            var one = Conversation.loggedIn(ALLOW, Masking.NONE);
            one.server(answer);
            assertThat(one.ended).as("%s", Told.of(answer)).isPresent();
        }
    }

    @Test
    void aGiantMessageEndsTheSessionBeforeItIsKept() {
        var one = Conversation.loggedIn(ALLOW, Masking.NONE);
        one.client(query("select 1"));
        one.server(all(new byte[] {'C'}, int32(Integer.MAX_VALUE)));
        assertThat(one.ended).isPresent();
        var row = Conversation.loggedIn(ALLOW, Masking.NONE);
        row.client(query("select 1"));
        row.server(all(description(0, 25), new byte[] {'D'}, int32(Integer.MAX_VALUE)));
        assertThat(row.ended).as("rows that nothing looks at pass in pieces").isEmpty();
        row.server(new byte[1 << 20]);
        assertThat(row.toClient.size()).isGreaterThan(1 << 20);
    }

    @Test
    void aSessionPreparesOnlySoMuch() {
        var one = Conversation.loggedIn(ALLOW, Masking.NONE);
        for (int i = 0; i < PostgresWire.MOST_PREPARED; i++) {
            one.client(all(parse("s" + i, "select 1"), sync()));
            one.server(all(message('1'), ready('I')));
        }
        assertThat(one.ended).isEmpty();
        one.client(parse("one more", "select 1"));
        assertThat(one.ended).isPresent();
    }

    @Test
    void aPipelineIsOnlySoLong() {
        var one = Conversation.loggedIn(ALLOW, Masking.NONE);
        for (int i = 0; i <= PostgresWire.MOST_PENDING && one.ended.isEmpty(); i++) {
            one.client(sync());
        }
        assertThat(one.ended).isPresent();
    }
}
