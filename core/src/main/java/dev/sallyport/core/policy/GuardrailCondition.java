package dev.sallyport.core.policy;

import java.util.List;

/// What a guardrail's rule looks for in a statement. Names are compared without case, with `*` for any run of
/// characters.
public sealed interface GuardrailCondition {

    /// It does one of these.
    record Does(List<Deed> deeds) implements GuardrailCondition {
        public Does {
            deeds = List.copyOf(deeds);
        }
    }

    /// An operation, and on which kind of object (`create table`, `set role`); `*` for any.
    record Deed(Operation operation, String object) {}

    /// It reads one of these tables: `table` or `schema.table`.
    record Reads(List<String> tables) implements GuardrailCondition {
        public Reads {
            tables = List.copyOf(tables);
        }
    }

    /// It writes one of these tables, or changes what they are.
    record Writes(List<String> tables) implements GuardrailCondition {
        public Writes {
            tables = List.copyOf(tables);
        }
    }

    /// It uses one of these columns, to show, to choose by or to write: `column`, `table.column`,
    /// `schema.table.column`.
    record Uses(List<String> columns) implements GuardrailCondition {
        public Uses {
            columns = List.copyOf(columns);
        }
    }

    /// It calls one of these functions: `function` in any schema, or `schema.function`.
    record Calls(List<String> functions) implements GuardrailCondition {
        public Calls {
            functions = List.copyOf(functions);
        }
    }

    /// It updates or deletes without a condition that chooses rows.
    record EveryRow() implements GuardrailCondition {}

    /// It returns rows of a table without a limit.
    record Unlimited() implements GuardrailCondition {}

    /// It runs something that its text does not show: `DO`, `CALL`, `EXECUTE`.
    record Unseen() implements GuardrailCondition {}

    /// It comes with others in one text, more than this many in all.
    record MoreStatements(int than) implements GuardrailCondition {}

    /// It changes more rows than this: known only when it has run, and then it is undone.
    record MoreRows(long than) implements GuardrailCondition {}

    /// Its text has one of these words, whole and in any case. A guess, and no barrier: text can be written in many
    /// ways.
    record Words(List<String> words) implements GuardrailCondition {
        public Words {
            words = List.copyOf(words);
        }
    }

    /// A regular expression (RE2's syntax) is found in its text. A guess, likewise.
    record Matches(String expression) implements GuardrailCondition {}

    /// Whether it is about what a statement does, and so needs it to be understood.
    default boolean byGrammar() {
        return !(this instanceof Words) && !(this instanceof Matches);
    }
}
