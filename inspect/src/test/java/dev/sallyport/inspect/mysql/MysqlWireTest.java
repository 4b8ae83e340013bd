package dev.sallyport.inspect.mysql;

import static dev.sallyport.inspect.mysql.Conversation.CLIENT;
import static dev.sallyport.inspect.mysql.Conversation.SERVER;
import static dev.sallyport.inspect.mysql.Conversation.all;
import static dev.sallyport.inspect.mysql.Conversation.ascii;
import static dev.sallyport.inspect.mysql.Conversation.changed;
import static dev.sallyport.inspect.mysql.Conversation.column;
import static dev.sallyport.inspect.mysql.Conversation.command;
import static dev.sallyport.inspect.mysql.Conversation.eof;
import static dev.sallyport.inspect.mysql.Conversation.error;
import static dev.sallyport.inspect.mysql.Conversation.ok;
import static dev.sallyport.inspect.mysql.Conversation.packet;
import static dev.sallyport.inspect.mysql.Conversation.query;
import static dev.sallyport.inspect.mysql.Conversation.result;
import static dev.sallyport.inspect.mysql.Conversation.textRow;
import static dev.sallyport.inspect.mysql.Conversation.words;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.inspect.database.Asked;
import dev.sallyport.inspect.database.Masking;
import dev.sallyport.inspect.sql.SqlSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The wire between a client and a server that are scripted: what neither of the real ones would say.
class MysqlWireTest {

    private static final int OLD = ~Capabilities.DEPRECATE_EOF;

    /// What client and server say in turn.
    private record Step(byte[] client, byte[] server) {}

    private static List<Step> script(boolean deprecates) {
        var columns = List.of(column("m_text", 253), column("n", 3));
        var rows = List.of(textRow("somebody", "1"), textRow("somebody else", "2"), textRow("", "3"));
        var binary = new Bytes().int8(0).int8(0).string("somebody").int32(7).copy();
        var prepared =
                new Bytes().int8(0).int32(9).int16(2).int16(1).int8(0).int16(0).copy();
        var preparation = new Bytes().add(packet(1, prepared)).add(packet(2, column("?", 253)));
        int next = 3;
        if (!deprecates) {
            preparation.add(packet(next++, eof(false, 2)));
        }
        preparation.add(packet(next++, columns.get(0))).add(packet(next++, columns.get(1)));
        if (!deprecates) {
            preparation.add(packet(next, eof(false, 2)));
        }
        var parameters = new Bytes()
                .int32(9)
                .int8(0)
                .int32(1)
                .int8(0)
                .int8(1)
                .int16(253)
                .string("a parameter")
                .copy();
        return List.of(
                new Step(query("select m_text, n from t"), result(deprecates, columns, rows)),
                new Step(
                        query("select 1; update t set n = 2"),
                        all(
                                result(1, deprecates, columns, rows, 2 | Status.MORE_RESULTS),
                                packet(deprecates ? 8 : 9, changed(3, 2)))),
                new Step(query("broken"), packet(1, error(1064, "42000", "near 'secret'"))),
                new Step(command(0x0e, new byte[0]), packet(1, ok(2))),
                new Step(command(0x16, ascii("select m_text, n from t where a = ?")), preparation.copy()),
                new Step(command(0x17, parameters), result(1, deprecates, columns, List.of(binary), 2)),
                new Step(command(0x19, new byte[] {9, 0, 0, 0}), new byte[0]),
                new Step(command(0x09, new byte[0]), packet(1, ascii("Uptime: 1"))));
    }

    private static Conversation played(boolean deprecates, int piece) {
        int flag = deprecates ? -1 : OLD;
        var one = Conversation.loggedIn(Readings.ALLOW, new Marks(), CLIENT & flag, SERVER & flag)
                .inPieces(piece);
        for (var step : script(deprecates)) {
            one.client(step.client());
            one.server(step.server());
            assertThat(one.ended).isEmpty();
        }
        return one;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatPassesIsTheSameInPiecesOfEachLength(boolean deprecates) {
        var whole = played(deprecates, Integer.MAX_VALUE);
        assertThat(words(whole.toClient)).contains("[8Ã©]").doesNotContain("somebody");
        assertThat(words(whole.toClient)).contains("hidden-word").doesNotContain("secret");
        assertThat(whole.answered).hasSize(4);
        for (int piece = 1; piece < 80; piece++) {
            var pieces = played(deprecates, piece);
            assertThat(pieces.toClient.toByteArray())
                    .as("in pieces of %d", piece)
                    .isEqualTo(whole.toClient.toByteArray());
            assertThat(pieces.toServer.toByteArray()).isEqualTo(whole.toServer.toByteArray());
            assertThat(pieces.answered).isEqualTo(whole.answered);
        }
    }

    @Test
    void whatPassesIsTheSameWhereverItIsCut() {
        var whole = played(true, Integer.MAX_VALUE);
        var script = script(true);
        for (int cutStep = 0; cutStep < script.size(); cutStep++) {
            for (int cut = 1; cut < script.get(cutStep).server().length; cut++) {
                var one = Conversation.loggedIn(Readings.ALLOW, new Marks());
                for (int i = 0; i < script.size(); i++) {
                    one.client(script.get(i).client());
                    if (i == cutStep) {
                        one.server(script.get(i).server(), cut);
                    } else {
                        one.server(script.get(i).server());
                    }
                }
                assertThat(one.toClient.toByteArray())
                        .as("step %d, cut at %d", cutStep, cut)
                        .isEqualTo(whole.toClient.toByteArray());
            }
        }
    }

    @Test
    void ofAnAnswerThatIsCutOffNothingIsShownThatWasNotMasked() {
        for (var step : script(true)) {
            for (int cut = 0; cut < step.server().length; cut++) {
                var one = Conversation.loggedIn(Readings.ALLOW, new Marks());
                one.client(step.client());
                one.server(Arrays.copyOf(step.server(), cut));
                one.wire.serverEnded(one);
                assertThat(one.ended).isPresent();
                assertThat(words(one.toClient)).doesNotContain("somebody").doesNotContain("secret");
            }
        }
    }

    /// Attack class 17: the server lies. Whatever it says, the wire ends or goes on, and keeps little.
    @Test
    void aServerThatSaysAnythingIsEndedOrGoneOnWith() {
        var random = new Random(17);
        int ends = 0;
        for (int round = 0; round < 20_000; round++) {
            boolean deprecates = random.nextBoolean();
            int flag = deprecates ? -1 : OLD;
            var one = Conversation.loggedIn(Readings.ALLOW, new Marks(), CLIENT & flag, SERVER & flag);
            for (var step : script(deprecates)) {
                one.client(step.client());
                var said = step.server().clone();
                if (said.length > 0) {
                    said[random.nextInt(said.length)] = (byte) random.nextInt(256);
                }
                one.server(said);
            }
            ends += one.ended.isPresent() ? 1 : 0;
        }
        assertThat(ends).as("most lies are noticed").isGreaterThan(10_000);
    }

    @Test
    void nothingThatNobodyAskedForPasses() {
        for (var said : List.of(
                packet(1, ok(2)),
                packet(0, ok(2)),
                packet(0, textRow("somebody")),
                result(true, List.of(column("a", 253)), List.of(textRow("x"))))) {
            var one = Conversation.loggedIn(Readings.ALLOW, Masking.NONE);
            one.server(said);
            assertThat(one.ended).isPresent();
            assertThat(words(one.toClient)).doesNotContain("somebody");
        }
    }

    @Test
    void answersOfAbsurdLengthEndTheSession() {
        for (var said : List.of(
                // more columns than there can be, a number for null, one of 8 bytes, a length beyond the packet
                packet(1, new Bytes().int8(0xfc).int16(0xffff).copy()),
                packet(1, new Bytes().int8(0xfe).int64(Long.MAX_VALUE).copy()),
                packet(1, new Bytes().int8(0xfe).int64(-1).copy()),
                all(
                        packet(1, new byte[] {1}),
                        packet(2, new Bytes().int8(0xfd).int16(-1).int8(-1).copy())),
                result(
                        true,
                        List.of(column("m", 253)),
                        List.of(new Bytes().int8(0xfd).int16(-1).int8(0x7f).copy())),
                result(true, List.of(column("m", 253)), List.of(textRow("a", "b"))),
                result(true, List.of(column("m", 253), column("n", 253)), List.of(textRow("a"))),
                packet(2, ok(2)))) {
            var one = Conversation.loggedIn(Readings.ALLOW, new Marks());
            one.client(query("select m from t"));
            one.server(said);
            assertThat(one.ended).as("%s", Arrays.toString(said)).isPresent();
        }
    }

    private static final String LOAD = "load data local infile 'C:\\\\rows.txt' into table t";

    /// A client that has files, and asks; the server then asks for one of them ("LOCAL INFILE Request").
    private static Conversation asksForFile(boolean allowed, String text, String file) {
        var options = new MysqlOptions(Optional.empty(), allowed, false);
        var one = Conversation.loggedIn(
                new Conversation(Readings.ALLOW, Masking.NONE, options), CLIENT | Capabilities.LOCAL_FILES, SERVER);
        one.client(query(text));
        one.server(packet(1, new Bytes().int8(0xfb).add(ascii(file)).copy()));
        return one;
    }

    @Test
    void aServerReadsNoFileButTheOneThatAStatementLoads() {
        var loads = asksForFile(true, LOAD, "C:\\rows.txt");
        assertThat(words(loads.toClient)).endsWith("C:\\rows.txt");
        loads.client(all(packet(2, ascii("1\n")), packet(3, new byte[0])));
        assertThat(words(loads.toServer)).contains("1\n");
        loads.server(packet(4, changed(1, 2)));
        assertThat(loads.ended).isEmpty();
        assertThat(loads.answered).hasSize(1);

        var hostile = List.of(
                asksForFile(true, LOAD, "/etc/passwd"),
                asksForFile(true, LOAD, ""),
                asksForFile(true, "select 'load data local infile /etc/passwd'", "/etc/passwd"),
                asksForFile(false, LOAD, "C:\\rows.txt"));
        for (var one : hostile) {
            assertThat(words(one.toClient)).doesNotContain("passwd").doesNotContain("rows.txt");
        }
    }

    @Test
    void whatIsBlockedReachesNoServerInAnyOfItsWays() {
        for (var said : List.of(
                query("drop forbidden"),
                command(0x16, ascii("drop forbidden")),
                command(0x02, ascii("forbidden")),
                command(0x04, ascii("forbidden\0")))) {
            var one = Conversation.loggedIn(Readings.blocking("forbidden"), Masking.NONE);
            one.client(said);
            assertThat(one.ended).isEmpty();
            assertThat(one.toServer.size()).isZero();
            assertThat(words(one.toClient)).contains("#42501not this word");
            assertThat(one.answered).hasSize(1);
            one.client(query("select 1"));
            assertThat(words(one.toServer)).contains("select 1");
        }
    }

    @Test
    void commandsThatAreNotCarriedAreRefusedAndTheSessionGoesOn() {
        for (int code : new int[] {
            0x05, 0x06, 0x07, 0x08, 0x0a, 0x0b, 0x0c, 0x0d, 0x0f, 0x10, 0x12, 0x13, 0x14, 0x15, 0x1d, 0x1e, 0xfa, 0xfe
        }) {
            var one = Conversation.loggedIn(Readings.ALLOW, Masking.NONE);
            one.client(command(code, new byte[] {1, 0, 0, 0}));
            assertThat(one.toServer.size()).as("command %x", code).isZero();
            assertThat(one.toClient.toByteArray()[Packet.HEAD] & 0xff).isEqualTo(0xff);
            assertThat(one.ended).isEmpty();
        }
    }

    @Test
    void whatIsSentAheadIsAskedInItsPlace() {
        var one = Conversation.loggedIn(Readings.ALLOW, Masking.NONE);
        one.client(all(query("select 1"), query("select 2"), query("select 3")));
        assertThat(one.asked).hasSize(1);
        assertThat(words(one.toServer)).contains("select 1").doesNotContain("select 2");
        one.server(packet(1, ok(2)));
        assertThat(one.asked).hasSize(2);
        assertThat(words(one.toServer)).contains("select 2").doesNotContain("select 3");
        one.server(packet(1, ok(2)));
        one.server(packet(1, ok(2)));
        assertThat(one.answered).hasSize(3);
    }

    @Test
    void aStatementIsKilledByTheNumberThatItsClientKnowsAndNothingElseIs() {
        var one = Conversation.loggedIn(Readings.ALLOW, Masking.NONE);
        one.client(query("KILL QUERY 4711"));
        assertThat(one.cancelled).isPresent();
        assertThat(one.toServer.size()).isZero();
        for (var text : List.of(
                "kill 4711",
                "select 1--1;kill 4711",
                "/*!99999 ' */kill 4711/*' */",
                "kill/**/query 4711 or 1",
                "select '\\'';kill 4711")) {
            var other = Conversation.loggedIn(Readings.ALLOW, Masking.NONE);
            other.client(query(text));
            assertThat(other.cancelled).as(text).isEmpty();
            assertThat(other.toServer.size()).as(text).isZero();
        }
        for (var text :
                List.of("select 'kill 1'", "select t.kill from t", "-- kill 1\nselect 1", "select `kill`", "skill 1")) {
            var other = Conversation.loggedIn(Readings.ALLOW, Masking.NONE);
            other.client(query(text));
            assertThat(words(other.toServer)).as(text).contains(text);
        }
        // a name in double quotes ends at the next one
        var quotes = new SqlSettings(List.of(), true, true, Optional.empty(), "");
        var text = "select \"\\\" -- \n;kill 4711 -- \"";
        assertThat(Kill.of(asked(text, quotes), Readings.UNREAD)).isInstanceOf(Kill.Other.class);
        assertThat(Kill.of(asked(text, SqlSettings.MYSQL), Readings.UNREAD)).isInstanceOf(Kill.None.class);
        // bytes that are no text: the word counts wherever it stands
        var unread = Conversation.loggedIn(Readings.ALLOW, Masking.NONE);
        unread.client(command(3, all(ascii("select '"), new byte[] {(byte) 0xff}, ascii("'; kill 1"))));
        assertThat(unread.toServer.size()).isZero();
    }

    private static Asked asked(String text, SqlSettings settings) {
        return new Asked(1, Asked.Kind.QUERY, Optional.of(text), ascii(text), settings);
    }

    @Test
    void aRowThatHasToBeMaskedAndIsTooLongIsNotShown() {
        var one = Conversation.loggedIn(Readings.ALLOW, new Marks());
        one.client(query("select m from t"));
        one.server(all(packet(1, new byte[] {1}), packet(2, column("m", 253))));
        var chunk = new byte[Packet.LONGEST];
        Arrays.fill(chunk, (byte) 's');
        one.server(all(new byte[] {-1, -1, -1, 3}, chunk));
        one.server(all(new byte[] {5, 0, 0, 4}, ascii("sssss")));
        one.server(packet(5, eof(true, 2)));
        assertThat(one.ended).isEmpty();
        assertThat(words(one.toClient)).contains("longer than 16 MiB").doesNotContain("sss");
        one.client(query("select 1"));
        assertThat(words(one.toServer)).contains("select 1");
    }
}
