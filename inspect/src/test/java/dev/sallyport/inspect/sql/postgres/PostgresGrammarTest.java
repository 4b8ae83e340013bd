package dev.sallyport.inspect.sql.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.inspect.sql.Grammar;
import dev.sallyport.inspect.sql.Reading;
import dev.sallyport.inspect.sql.ResultColumn;
import dev.sallyport.inspect.sql.SqlSettings;
import dev.sallyport.inspect.sql.SqlStatement;
import dev.sallyport.inspect.sql.Telling;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a text does, by the names that stand in it, and where its results come from.
class PostgresGrammarTest {

    private static final PostgresGrammar GRAMMAR = new PostgresGrammar();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            select name from customers                             | name<customers.name
            select c.name as n, 1 from public.customers c          | n<public.customers.name, ?
            select lower(name) from customers                      | lower<customers.name
            select name::varchar(3) from customers                 | name<customers.name
            select concat(email, phone) from customers             | concat<customers.email+customers.phone
            select name = 'x' from customers                       | ?
            select e from (select mine(email) e from people) x     | e<people.email~
            select customers from customers                        | customers<customers.*+customers.customers~
            select count(email) from customers                     | count
            select max(email) from customers                       | max<customers.email
            select mine(email) from customers                      | mine<customers.email~
            select name from (select email as name from people) x  | name<people.email
            with x as (select email e from people) select e from x | e<people.email
            with x(a) as (select email from people) select a from x | a<people.email
            select case when vip then email else phone end from p  | ?<p.email+p.phone
            select (select email from people limit 1)              | ?<people.email
            select coalesce(email, phone) from people              | ?<people.email+people.phone
            select * from customers                                | *<customers.*
            select c.*, o.id from customers c, orders o            | *<customers.*, id<orders.id
            select email from customers c, orders o                | email<customers.email+orders.email~
            select a from customers as c (a, b)                    | a<customers.*~
            select email from people union select phone from b     | email<b.phone+people.email
            table customers                                        | *<customers.*
            insert into people values (1) returning email          | email<people.email
            update people set a = 1 where id = 1 returning old.email | email<people.email
            copy people (email) to stdout                          | email<people.email
            """)
    void aResultComesFromTheColumnsThatCanBeInIt(String text, String results) {
        assertThat(Telling.results(only(text))).isEqualTo(results);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            delete from orders                                    | delete! w:orders
            select * from a.orders join b using (id)              | select* r:a.orders,b
            with d as (delete from orders) select lower('x')      | select+delete! w:orders f:lower
            select * into x from orders limit 1                   | select+create(table) w:x r:orders
            create temp table t (like orders)                     | create(table) w:pg_temp.t r:orders
            explain delete from orders                            | explain r:orders
            explain analyze delete from orders                    | explain-analyze+delete! w:orders
            do 'x'                                                | do opaque
            create function f() returns int language sql as 'x'   | create(function) opaque
            create operator ## (function = s.f, rightarg = int)   | create(operator) f:pg_catalog.int4,s.f
            alter table t drop column c                           | alter(table)+drop(column) w:t
            set local Role to x                                   | set(role)
            copy t from program 'x'                               | copy-program w:t
            create schema s grant all on t to public              | create(schema)+grant(table) w:t
            selekt 1                                              | unread
            """)
    void aTextIsToldByWhatItDoes(String text, String told) {
        assertThat(Telling.of(GRAMMAR.read(text, SqlSettings.POSTGRES))).isEqualTo(told);
    }

    @Test
    void aTextOfBlanksAndCommentsDoesNothing() {
        assertThat(Telling.of(GRAMMAR.read(" -- x\n/* y */ ;; ", SqlSettings.POSTGRES)))
                .isEqualTo("nothing");
    }

    @Test
    void aStarBecomesTheColumnsThatTheServerDescribes() {
        assertThat(beside("select id, c.*, 1 as one from customers c", "id", "name", "email", "one"))
                .isEqualTo("id<customers.id, name<customers.name~, email<customers.email~, one");
        assertThat(beside("select * from customers c, orders o", "id", "total"))
                .isEqualTo("id<customers.id+orders.id~, total<customers.total+orders.total~");
        assertThat(beside("select * from customers as c (a, b)", "a")).isEqualTo("a<customers.*~");
        // the server shows what it joined by first
        assertThat(beside("select * from (select email, id from c) x join t using (id)", "id", "email", "more"))
                .isEqualTo("id<c.email+c.id+t.*~, email<c.email+c.id+t.*~, more<c.email+c.id+t.*~");
        assertThat(beside("select * from (select email, id from c) x natural join (select id from d) y", "id", "email"))
                .isEqualTo("id<c.email+c.id+d.id~, email<c.email+c.id+d.id~");
        assertThat(beside("select * from c join t using (id)", "id", "email"))
                .isEqualTo("id<c.id+t.id~, email<c.email+t.email~");
        assertThat(beside("select *, x from (select email from p) s", "email", "x"))
                .isEqualTo("email<p.email, x<?.x~");
    }

    @Test
    void columnsThatDoNotFitWhatTheServerDescribesAreNotTold() {
        assertThat(beside("select id, name from customers", "id")).isEqualTo("none");
        assertThat(beside("select a, b, * from customers", "a")).isEqualTo("none");
    }

    @Test
    void withBackslashEscapesNothingIsRead() {
        var off = new SqlSettings(List.of(), true, false, Optional.empty(), "");
        assertThat(GRAMMAR.read("select 1", off)).isInstanceOf(Reading.Unread.class);
    }

    @Test
    void aBackslashIsNotReadWhileItsMeaningIsUnsettled() {
        var unsettled = new SqlSettings(List.of(), false, false, Optional.empty(), SqlSettings.UNSETTLED);
        assertThat(GRAMMAR.read("select 'a\\'; delete from orders; --'", unsettled))
                .isInstanceOf(Reading.Unread.class);
        assertThat(GRAMMAR.read("select 'a'", unsettled)).isInstanceOf(Reading.Read.class);
    }

    @Test
    void statementsLieWhereTheyStandAlsoBehindLettersOfManyBytes() {
        var text = "select 'é日本𝄞'; /* ü */ delete from \"größe\" where a = 'ß' ;select 2";
        assertThat(pieces(text)).containsExactly("select 'é日本𝄞'", "delete from \"größe\" where a = 'ß' ", "select 2");
        assertThat(pieces("  select 1 ; ")).containsExactly("select 1 ");
    }

    @Test
    void whatIsTooLongTooDeepOrHasANulIsUnread() {
        assertThat(GRAMMAR.read("-".repeat(Grammar.LONGEST + 1), SqlSettings.POSTGRES))
                .isInstanceOf(Reading.Unread.class);
        assertThat(GRAMMAR.read("select 1\0; delete from orders", SqlSettings.POSTGRES))
                .isInstanceOf(Reading.Unread.class);
        var deep = "(".repeat(20_000) + "select 1" + ")".repeat(20_000);
        assertThat(GRAMMAR.read(deep, SqlSettings.POSTGRES)).isInstanceOf(Reading.class);
        var nots = "delete from orders where " + "not ".repeat(5_000) + "true";
        assertThat(GRAMMAR.read(nots, SqlSettings.POSTGRES)).isInstanceOf(Reading.Unread.class);
        assertThat(Telling.of(GRAMMAR.read("select 1", SqlSettings.POSTGRES))).isEqualTo("select");
    }

    @Test
    void conditionsNestedInOneAnotherTakeNoLongerThanTheyMay() {
        var within = "true";
        for (int i = 0; i < 40; i++) {
            within = "(select true from (select * from orders where " + within + ") x where " + "x.a = 1)";
        }
        var deep = GRAMMAR.read("delete from orders where " + within, SqlSettings.POSTGRES);
        assertThat(deep).isEqualTo(new Reading.Unread("its conditions are too long to be compared"));
        var wide = "delete from orders where id = 0" + " or (id + 1 = 1 and name ~ 'a+')".repeat(5_000);
        assertThat(Telling.of(GRAMMAR.read(wide, SqlSettings.POSTGRES))).isEqualTo("delete w:orders");
    }

    @Test
    void aSentenceAboutWhatIsUnreadRepeatsNoTextButAWord() {
        var why = ((Reading.Unread) GRAMMAR.read("select 'secret' secret2 'other'", SqlSettings.POSTGRES)).why();
        assertThat(why).doesNotContain("secret").doesNotContain("other");
    }

    private static List<String> pieces(String text) {
        return ((Reading.Read) GRAMMAR.read(text, SqlSettings.POSTGRES))
                .statements().stream()
                        .map(statement -> text.substring(statement.start(), statement.end()))
                        .toList();
    }

    private static String beside(String text, String... names) {
        return ResultColumn.beside(only(text).results(), List.of(names))
                .map(columns -> columns.stream()
                        .map(column -> Telling.results(List.of(column)))
                        .collect(Collectors.joining(", ")))
                .orElse("none");
    }

    private static SqlStatement only(String text) {
        var reading = GRAMMAR.read(text, SqlSettings.POSTGRES);
        assertThat(reading).as(text).isInstanceOf(Reading.Read.class);
        return ((Reading.Read) reading).statements().getFirst();
    }
}
