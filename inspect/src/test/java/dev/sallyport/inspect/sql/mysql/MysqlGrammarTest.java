package dev.sallyport.inspect.sql.mysql;

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
class MysqlGrammarTest {

    private static final MysqlGrammar GRAMMAR = new MysqlGrammar();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            select name from customers                             | name<customers.name
            select c.name as n, 1 from shop.customers c            | n<shop.customers.name, ?
            select `Name` nom from `customers`                     | nom<customers.name
            select lower(name) from customers                      | ?<customers.name
            select cast(name as char(3)) from customers            | ?<customers.name
            select convert(name using latin1) from customers       | ?<customers.name
            select concat(email, phone) from customers             | ?<customers.email+customers.phone
            select reverse(email) from customers                   | ?<customers.email
            select name = 'x' from customers                       | ?
            select doc->>'$.email' from customers                  | ?<customers.doc
            select count(email) from customers                     | ?
            select count(distinct email) from customers            | ?
            select max(email) from customers                       | ?<customers.email
            select mine(email) from customers                      | ?<customers.email~
            select shop.mine(email) from customers                 | ?<customers.email~
            select load_file(email) from customers                 | ?<customers.email~
            select group_concat(email order by phone separator ';') from p | ?<p.email
            select name from (select email as name from people) x  | name<people.email
            with x as (select email e from people) select e from x | e<people.email
            with x(a) as (select email from people) select a from x | a<people.email
            with recursive x as (select email e, 1 n from p union all select e, n + 1 from x) select n from x | n<p.email~
            select case when vip then email else phone end from p  | ?<p.email+p.phone
            select if(vip, email, phone) from p                    | ?<p.email+p.phone+p.vip
            select (select email from people limit 1)              | ?<people.email
            select ifnull(email, phone) from people                | ?<people.email+people.phone
            select * from customers                                | *<customers.*
            select c.*, o.id from customers c, orders o            | *<customers.*, id<orders.id
            select email from customers c, orders o                | email<customers.email+orders.email~
            select email from people union select phone from b     | email<b.phone+people.email
            table customers                                        | *<customers.*
            select * from customers natural join orders            | *<customers.*+orders.*
            select * from (select email, id from c) x join t using (id) | *<c.email+c.id+t.*~
            insert into people values (1) returning email          | email<people.email
            delete from people where id = 1 returning email        | email<people.email
            select @e := email from people                         | ?<people.email
            select @e                                              | ?~
            select email into @e from people limit 1               | ""
            select j.a from people, json_table(doc, '$' columns (a int path '$.a')) j | a<people.doc~
            execute immediate 'select email from people'           | email<people.email
            select X.email from a x, customers X                   | email<customers.email
            select a.email from (select * from people) a           | email<people.email
            select o.email from customers as `o`                   | email<customers.email
            """)
    void aResultComesFromTheColumnsThatCanBeInIt(String text, String results) {
        assertThat(Telling.results(only(text))).isEqualTo(results);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            delete from orders                                    | delete! w:orders
            select * from a.orders join b using (id)              | select* r:a.orders,b
            delete a, b from a join b on a.id = b.id where a.x = 1 | delete w:a,b
            delete from a using a join c on c.id = a.c            | delete w:a r:c
            update a join c on c.id = a.c set a.x = c.y           | update w:a r:c
            update a, c set a.x = 1 where c.id = 5                | update! w:a r:c
            with x as (select id from b) delete from a where id in (select id from x) | select+delete w:a r:b
            create temporary table t (id int)                     | create(temporary-table) w:t
            create table t like orders                            | create(table) w:t r:orders
            create table t (id int) select * from orders          | create(table)+select w:t r:orders
            create or replace table t (id int)                    | create(table)+drop(table) w:t
            create table t (id int) engine=federated connection='mysql://h/d/t' | create(table)+create(foreign-table) w:t
            create table t (id int) engine=merge union=(a, b)     | create(table) w:a,b,t r:a,b
            create view v as select id from orders                | create(view)+select w:v r:orders
            explain delete from orders                            | explain r:orders
            explain analyze select * from orders                  | explain-analyze+select r:orders
            analyze delete from orders                            | explain-analyze+delete! w:orders
            analyze table orders                                  | analyze r:orders
            desc orders                                           | show(columns) r:orders
            do sleep(5)                                           | do f:sleep
            call p(1)                                             | call f:p opaque
            create function f() returns int return 1              | create(function) opaque
            create function f returns string soname 'x.so'        | create(function)+load(function)
            alter table t drop column c, add d int                | alter(table)+drop(column) w:t
            alter table t rename to u                             | alter(table)+rename(table) w:t,u
            set session sql_mode = ''                             | set(sql_mode)
            set global max_connections = 5                        | set(global.max_connections)
            set @@global.x = 1, @a = 2                            | set(global.x)+set(@)
            set names utf8mb4                                     | set(names)
            set password for x = 'y'                              | set(password)
            select 1 into outfile '/tmp/x'                        | select+copy-file
            select a into dumpfile '/tmp/x' from t                | select+copy-file r:t
            load data local infile 'x' into table t               | copy-in w:t
            load data infile 'x' replace into table t fields terminated by ',' (a, @b) set c = @b | copy-file w:t
            replace into t values (1)                             | insert+delete w:t
            insert into t values (1) on duplicate key update a = values(a) | insert+update w:t
            insert into t select * from t on duplicate key update a = 1 | insert+select+update! w:t r:t
            prepare s from 'delete from orders'                   | prepare+delete! w:orders
            prepare s from @a                                     | prepare opaque
            execute s                                             | execute opaque
            execute immediate 'drop table t'                      | execute+drop(table) w:t
            handler t read first                                  | other(handler)+select r:t opaque
            grant all on *.* to x@'%'                             | grant(server)
            grant select on shop.* to x                           | grant(database)
            grant admin to x                                      | grant(role)
            kill query 5                                          | kill
            flush tables                                          | maintain(flush)
            rename table a to b, c to d                           | rename(table) w:a,b,c,d
            truncate t                                            | truncate(table) w:t
            lock tables a read, b as c write                      | lock(table) r:a,b
            install plugin p soname 'x.so'                        | load(plugin)
            shutdown                                              | administer(shutdown)
            show full columns from t                              | show(columns) r:t
            begin                                                 | begin
            select * from t for update                            | select+lock(row)* r:t
            selekt 1                                              | unread
            begin not atomic select 1; end                        | unread
            create procedure p() begin select 1; end; select 2    | unread
            """)
    void aTextIsToldByWhatItDoes(String text, String told) {
        assertThat(Telling.of(GRAMMAR.read(text, SqlSettings.MYSQL))).isEqualTo(told);
    }

    @Test
    void aTextOfBlanksAndCommentsDoesNothing() {
        assertThat(Telling.of(GRAMMAR.read(" -- x\n/* y */ ;; # z", SqlSettings.MYSQL)))
                .isEqualTo("nothing");
    }

    @Test
    void aStarBecomesTheColumnsThatTheServerDescribes() {
        assertThat(beside("select id, c.*, 1 as one from customers c", "id", "name", "email", "one"))
                .isEqualTo("id<customers.id, name<customers.name~, email<customers.email~, one");
        assertThat(beside("select * from customers c, orders o", "id", "total"))
                .isEqualTo("id<customers.id+orders.id~, total<customers.total+orders.total~");
        assertThat(beside("select *, x from (select email from p) s", "email", "x"))
                .isEqualTo("email<p.email, x<?.x~");
    }

    @Test
    void namesWithoutADatabaseAreOfTheSessions() {
        var inShop = new SqlSettings(List.of("shop"), true, false, Optional.empty(), "");
        assertThat(Telling.of(GRAMMAR.read("select a from t join b.u using (id) limit 1", inShop)))
                .isEqualTo("select r:b.u,shop.t");
        assertThat(Telling.of(GRAMMAR.read("use shop; select 1 from t limit 1", SqlSettings.MYSQL)))
                .isEqualTo("use | select r:shop.t");
    }

    @Test
    void aVersionsCommentIsReadAsTheServerReadsIt() {
        var text = "select 1 /*!80000 from orders */";
        assertThat(told(text, 80036)).isEqualTo("select* r:orders");
        assertThat(told(text, 50744)).isEqualTo("select");
        assertThat(told(text, 101106)).isEqualTo("select");
        assertThat(told("select 1 /*M!100000 from orders */", 101106)).isEqualTo("select* r:orders");
        assertThat(told("select 1 /*M!100000 from orders */", 80036)).isEqualTo("select");
        assertThat(told("select 1 /*! from orders */", 80036)).isEqualTo("select* r:orders");
    }

    @Test
    void aVersionsCommentHasToMeanTheSameBothWaysWhereTheVersionIsNotKnown() {
        assertThat(Telling.of(GRAMMAR.read("select 1 /*!80000 from orders */", SqlSettings.MYSQL)))
                .isEqualTo("unread");
        assertThat(Telling.of(GRAMMAR.read("select 1 /*!40101 from orders */", SqlSettings.MYSQL)))
                .isEqualTo("select* r:orders");
        assertThat(Telling.of(GRAMMAR.read("create table t (a int) /*!80016 comment 'x' */", SqlSettings.MYSQL)))
                .isEqualTo("create(table) w:t");
    }

    @Test
    void modesSayWhatQuotesAndPipesAre() {
        var ansi = new SqlSettings(List.of(), true, true, Optional.empty(), "mysql ANSI_QUOTES,PIPES_AS_CONCAT");
        assertThat(Telling.of(GRAMMAR.read("delete from t where \"a\" = 1", ansi)))
                .isEqualTo("delete w:t");
        var ofText = "delete from t where \"a\" = 'a'";
        assertThat(Telling.of(GRAMMAR.read(ofText, ansi))).isEqualTo("delete w:t");
        assertThat(Telling.of(GRAMMAR.read(ofText, SqlSettings.MYSQL))).isEqualTo("delete! w:t");
        assertThat(Telling.of(GRAMMAR.read("delete from t where a = 'x' || 'y'", ansi)))
                .isEqualTo("delete w:t");
        assertThat(Telling.of(GRAMMAR.read("delete from t where a = 'x' || '1'", SqlSettings.MYSQL)))
                .isEqualTo("delete! w:t");
        var raw = new SqlSettings(List.of(), false, false, Optional.empty(), "mysql NO_BACKSLASH_ESCAPES");
        assertThat(Telling.of(GRAMMAR.read("select '\\'; delete from t; -- '", raw)))
                .isEqualTo("select | delete! w:t");
        assertThat(Telling.of(GRAMMAR.read("select '\\'; delete from t; -- '", SqlSettings.MYSQL)))
                .isEqualTo("select");
        var oracle = new SqlSettings(List.of(), true, false, Optional.empty(), "mariadb ORACLE");
        assertThat(Telling.of(GRAMMAR.read("select 1", oracle))).isEqualTo("unread");
    }

    @Test
    void afterAModeIsSetTheRestOfTheTextIsNotUnderstood() {
        assertThat(Telling.of(GRAMMAR.read("set sql_mode = 'ANSI_QUOTES'; select 1", SqlSettings.MYSQL)))
                .isEqualTo("unread");
        assertThat(Telling.of(GRAMMAR.read("set names gbk; select 1", SqlSettings.MYSQL)))
                .isEqualTo("unread");
        assertThat(Telling.of(GRAMMAR.read("set autocommit = 0; select 1", SqlSettings.MYSQL)))
                .isEqualTo("set(autocommit) | select");
    }

    @Test
    void lettersThatCanHoldABackslashAreNotUnderstood() {
        var gbk =
                new SqlSettings(List.of(), true, false, Optional.empty(), "mysql " + MysqlGrammar.BACKSLASH_IN_LETTERS);
        assertThat(Telling.of(GRAMMAR.read("select 'ä'", gbk))).isEqualTo("unread");
        assertThat(Telling.of(GRAMMAR.read("select 'a'", gbk))).isEqualTo("select");
    }

    @Test
    void statementsLieWhereTheyStand() {
        var text = "select 'é日本𝄞'; /* ü */ delete from `größe` where a = 'ß' ;select 2";
        assertThat(pieces(text)).containsExactly("select 'é日本𝄞'", "delete from `größe` where a = 'ß' ", "select 2");
    }

    @Test
    void whatIsTooLongTooDeepOrHasANulIsUnread() {
        assertThat(GRAMMAR.read("-".repeat(Grammar.LONGEST + 1), SqlSettings.MYSQL))
                .isInstanceOf(Reading.Unread.class);
        assertThat(GRAMMAR.read("select 1\0; delete from orders", SqlSettings.MYSQL))
                .isInstanceOf(Reading.Unread.class);
        for (var open : List.of("(", "not ", "-(", "select (", "case when ", "exists (select ", "f(")) {
            var deep = "select 1 where " + open.repeat(20_000);
            assertThat(GRAMMAR.read(deep, SqlSettings.MYSQL)).as(open).isInstanceOf(Reading.Unread.class);
        }
        assertThat(GRAMMAR.read("select 1" + " union select 1".repeat(20_000), SqlSettings.MYSQL))
                .isInstanceOf(Reading.Unread.class);
        assertThat(GRAMMAR.read("select 1" + " - 1".repeat(20_000), SqlSettings.MYSQL))
                .isInstanceOf(Reading.Unread.class);
        assertThat(Telling.of(GRAMMAR.read("select 1", SqlSettings.MYSQL))).isEqualTo("select");
    }

    @Test
    void manyAlternativesAreReadAndConditionsWithinConditionsTakeNoLongerThanTheyMay() {
        var wide = "delete from orders where id = 0" + " or (id + 1 = 1 and name regexp 'a+')".repeat(5_000);
        assertThat(Telling.of(GRAMMAR.read(wide, SqlSettings.MYSQL))).isEqualTo("delete w:orders");
        var within = "true";
        for (int i = 0; i < 30; i++) {
            within = "(select true from (select * from orders where " + within + ") x where x.a = 1)";
        }
        assertThat(GRAMMAR.read("delete from orders where " + within, SqlSettings.MYSQL))
                .isInstanceOf(Reading.class);
    }

    @Test
    void aSentenceAboutWhatIsUnreadRepeatsNoLiteral() {
        var why = ((Reading.Unread) GRAMMAR.read("select 'secret' from t 'secret2' 'other'", SqlSettings.MYSQL)).why();
        assertThat(why).doesNotContain("secret").doesNotContain("other");
    }

    private static String told(String text, int version) {
        var settings = new SqlSettings(List.of(), true, false, Optional.of(version), "");
        return Telling.of(GRAMMAR.read(text, settings));
    }

    private static List<String> pieces(String text) {
        return ((Reading.Read) GRAMMAR.read(text, SqlSettings.MYSQL))
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
        var reading = GRAMMAR.read(text, SqlSettings.MYSQL);
        assertThat(reading).as(text).isInstanceOf(Reading.Read.class);
        return ((Reading.Read) reading).statements().getFirst();
    }
}
