package dev.sallyport.core.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SqlSplitterTest {

    private static List<String> split(String text, int piece) throws SqlSplitter.TooLong {
        var splitter = new SqlSplitter();
        var all = new ArrayList<String>();
        for (int at = 0; at < text.length(); at += piece) {
            all.addAll(splitter.take(text.substring(at, Math.min(text.length(), at + piece))));
        }
        all.addAll(splitter.rest());
        return all;
    }

    private static void splits(String text, String... statements) throws SqlSplitter.TooLong {
        for (int piece = 1; piece <= text.length(); piece++) {
            assertThat(split(text, piece)).as("in pieces of %s", piece).containsExactly(statements);
        }
    }

    @Test
    void statementsEndAtTheirSemicolons() throws Exception {
        splits("select 1; select 2", "select 1;", "select 2");
        splits("select 1;;\n;  ", "select 1;");
        splits("  ");
        splits("-- nothing; here\n/* nor; /* here; */ */");
    }

    @Test
    void semicolonsThatEndNothingAreLeft() throws Exception {
        splits("select 'a;b', 'it''s;', \"c;d\"; x", "select 'a;b', 'it''s;', \"c;d\";", "x");
        splits("select e'a\\';b\\\\'; y", "select e'a\\';b\\\\';", "y");
        splits("select 1 -- a;\n; y", "select 1 -- a;\n;", "y");
        splits("select 1 /* a; /* b; */ ; */; y", "select 1 /* a; /* b; */ ; */;", "y");
        splits("do $$ a; $x$ b; $$; y", "do $$ a; $x$ b; $$;", "y");
        splits("do $x$ a; $$ b; $x$; y", "do $x$ a; $$ b; $x$;", "y");
        splits("select a$b$c; y", "select a$b$c;", "y");
        splits("select $1, $2; y", "select $1, $2;", "y");
    }

    @Test
    void theBodyOfARoutineIsOneStatement() throws Exception {
        var routine =
                "create or replace function f() returns int begin atomic select case when a then 1 end; select 2; end;";
        splits(routine + " select 3", routine, "select 3");
        splits("begin; select 1; end; select 2", "begin;", "select 1;", "end;", "select 2");
    }

    @Test
    void aStatementWithoutAnEndHasABound() {
        assertThatExceptionOfType(SqlSplitter.TooLong.class)
                .isThrownBy(() -> new SqlSplitter().take("x".repeat(SqlSplitter.LONGEST + 1)));
    }
}
