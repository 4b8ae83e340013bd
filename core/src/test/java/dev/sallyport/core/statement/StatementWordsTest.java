package dev.sallyport.core.statement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StatementWordsTest {

    @Test
    void namesAreSplitAtTheirDotsAndAreInLowerCase() {
        assertThat(StatementWords.indexed("DROP TABLE Billing.\"Card_Numbers\", `other`;"))
                .containsExactly("drop", "table", "billing", "card_numbers", "other");
    }

    @Test
    void numbersLiteralsAndCommonWordsAreLeftOut() {
        assertThat(StatementWords.indexed(
                        "select name from users where id = 42 and mail = 'a''b drop it' and t1 > 0x1f"))
                .containsExactly("name", "users", "id", "mail", "t1");
    }

    @Test
    void aLiteralThatDoesNotEndHasNoWords() {
        assertThat(StatementWords.indexed("update users set name = 'never ends grant"))
                .containsExactly("update", "users", "name");
    }

    @Test
    void operationsAreWords() {
        assertThat(StatementWords.indexed("truncate a1; grant b1; revoke c1; delete from d1; insert into e1"))
                .contains("truncate", "grant", "revoke", "delete", "insert");
    }

    @Test
    void aStatementIsFoundByTwentyFourWordsAndNoMore() {
        var text = IntStream.range(0, 100).mapToObj(i -> "column_" + i).collect(Collectors.joining(", "));
        assertThat(StatementWords.indexed(text)).hasSize(24).contains("column_0", "column_23");
    }

    @Test
    void aLongWordIsItsBeginningInTheIndexAndInTheSearch() {
        var longWord = "x".repeat(200);
        assertThat(StatementWords.indexed(longWord)).containsExactly("x".repeat(64));
        assertThat(StatementSearch.of(longWord).orElseThrow().matches("select " + longWord))
                .isTrue();
        assertThat(StatementWords.indexed("x".repeat(63) + "𝒳".repeat(9))).hasSize(1);
    }

    @Test
    void everyTextAndEveryPieceOfItCanBeTakenApart() {
        var text = "selec\u0301t 'a''b', \"ü.Ñ\" /* 日本.語 */ 𝒳y \ud835 $$ body $$ -- '";
        for (int cut = 0; cut <= text.length(); cut++) {
            assertThat(StatementWords.all(text.substring(0, cut)))
                    .allSatisfy(word -> assertThat(word).isNotEmpty());
        }
        assertThat(StatementWords.indexed("选择 日本.語")).contains("日本");
    }

    @Test
    void aSearchNeedsAWordThatIsInTheIndex() {
        assertThat(StatementSearch.of("select from where")).isEmpty();
        assertThat(StatementSearch.of("'quoted' 42")).isEmpty();
        assertThat(StatementSearch.of("")).isEmpty();
        assertThat(StatementSearch.of("drop \u001b[2J")).isEmpty();
        assertThat(StatementSearch.of("a".repeat(257))).isEmpty();
        assertThat(StatementSearch.of("a1 b1 c1 d1 e1 f1 g1 h1 i1 j1 k1 l1 m1")).isEmpty();
        assertThat(StatementSearch.of("select salaries").orElseThrow().lookups())
                .containsExactly("salaries");
    }

    @Test
    void everyWordMustBeThereInAnyOrder() {
        var search = StatementSearch.of("table DROP").orElseThrow();
        assertThat(search.matches("drop\n table if exists users")).isTrue();
        assertThat(search.matches("drop index table_of_users")).isFalse();
        assertThat(search.matches("drop view v where x = 'table'")).isFalse();
    }

    @Test
    void aPhraseMustStandAsItIsButForBlanksAndCase() {
        var search = StatementSearch.of("\"drop table\" users").orElseThrow();
        assertThat(search.matches("DROP \t\n TABLE users")).isTrue();
        assertThat(search.matches("drop view users; alter table x")).isFalse();
        assertThat(search.matches("drop table orders")).isFalse();
    }
}
