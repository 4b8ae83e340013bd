package dev.sallyport.inspect.sql.postgres.parser;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import dev.sallyport.inspect.sql.Corpus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ParsesTest {

    private static final PostgresParser PARSER = new PostgresParser();

    private final AtomicInteger parsed = new AtomicInteger();
    private final Parses parses = new Parses(text -> {
        parsed.incrementAndGet();
        return PARSER.parse(text);
    });

    private static Optional<List<String>> literals(String text) {
        return Literals.of(text)
                .map(literals ->
                        literals.all().stream().map(Literals.Literal::value).toList());
    }

    @Test
    void plainNumbersAndStringsAreToldApartFromNames() {
        assertThat(literals("select t1, a2b from t where x=12 and y in ('a b', 'c;d');"))
                .contains(List.of("12", "a b", "c;d"));
        assertThat(literals("select date '2020-01-01' + 7")).contains(List.of("2020-01-01", "7"));
    }

    @Test
    void whatIsNotPlainIsLeftToTheParser() {
        for (var text : List.of(
                "select 1 -- x",
                "select 1 /* x */",
                "select \"a\" where b = 1",
                "select $1 + 1",
                "select 'a\\b'",
                "select 'a''b'",
                "select E'a'",
                "select U&'a'",
                "select n'a'",
                "select x'1f'",
                "select 'a'\n'b'",
                "select 'a",
                "select 'é'",
                "select 1.5",
                "select .5",
                "select 1e5",
                "select 0x10",
                "select 1_000",
                "select 1234567890",
                "select 007",
                "select a\u0001b where c = 1")) {
            assertThat(literals(text)).as(text).isEmpty();
        }
    }

    @Test
    void aTextOfTheSameShapeIsNotParsedAgain() {
        for (int i = 1; i < 50; i++) {
            var text = "select a from t where id = " + i + " and b = '" + "x".repeat(i) + "'; select " + i;
            assertThat(parses.parse(text)).as(text).isEqualTo(PARSER.parse(text));
        }
        assertThat(parsed).hasValue(1);
    }

    /// Constants of which the grammar makes something else, each with two values that it makes two things of.
    @Test
    void whatTheGrammarMakesSomethingElseOfIsParsedEachTime() {
        for (var pair : List.of(
                List.of("select 1::float(24)", "select 1::float(53)"),
                List.of("select -5", "select -6"),
                List.of("fetch 5 from c", "fetch 6 from c"),
                List.of("select current_time(3)", "select current_time(4)"),
                List.of("copy t from 'a'", "copy t from 'b'"),
                List.of("notify a, 'b'", "notify a, 'c'"),
                List.of("comment on table t is 'a'", "comment on table t is 'b'"),
                List.of("alter role r password 'a'", "alter role r password 'b'"),
                List.of("do 'a'", "do 'b'"),
                List.of("create sequence s start 5", "create sequence s start 6"),
                List.of("select 0", "select 7"),
                List.of("select 7", "select 0"),
                List.of("select ''", "select 'a'"))) {
            for (var text : pair) {
                assertThat(parses.parse(text)).as(text).isEqualTo(PARSER.parse(text));
            }
        }
    }

    /// Of everything that people write, innocent or not: other literals give the tree that PostgreSQL's parser gives.
    @Test
    void aTreeWithOtherConstantsIsTheOneThatTheParserMakes() {
        var random = new Random(7);
        var texts = Stream.of("evasions.txt", "innocent.txt")
                .flatMap(file -> Corpus.read(dev.sallyport.inspect.sql.postgres.PostgresGrammar.class, file).stream())
                .map(Corpus.Entry::text)
                .distinct()
                .toList();
        var wrong = new ArrayList<String>();
        int bound = 0;
        for (var text : texts) {
            for (int i = 0; i < 4; i++) {
                var other = i == 0 ? text : withOthers(text, random);
                int before = parsed.get();
                if (!parses.parse(other).equals(PARSER.parse(other))) {
                    wrong.add(other);
                }
                bound += parsed.get() == before ? 1 : 0;
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(bound).as("texts that were not parsed").isGreaterThan(500);
    }

    /// The text with other literals of the same kinds, of any length.
    private static String withOthers(String text, Random random) {
        var literals = Literals.of(text);
        if (literals.isEmpty()) {
            return text;
        }
        var other = new StringBuilder();
        int at = 0;
        for (var literal : literals.get().all()) {
            other.append(text, at, literal.start());
            other.append(
                    literal.string() ? "'" + "yz %(,;".substring(random.nextInt(6)) + "'" : 1 + random.nextInt(99_999));
            at = literal.end();
        }
        return other.append(text, at, text.length()).toString();
    }

    @Test
    void noTreeIsSharedBetweenTexts() {
        var first = (Parsed.Tree) parses.parse("select a from t where b = 1");
        first.root().add("changed", new com.google.gson.JsonPrimitive(true));
        JsonElement second = ((Parsed.Tree) parses.parse("select a from t where b = 2")).root();
        assertThat(second.getAsJsonObject().has("changed")).isFalse();
    }
}
