package dev.sallyport.inspect.sql.mysql;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An expression as it was written, in fewer forms than the language has: `a between 1 and 2` is `a >= 1 and a <= 2`,
/// `a not like b` is `not a like b`, `case a when 1 …` is `case when a = 1 …`.
sealed interface Expression {

    /// What is written down.
    record Constant(Kind kind, String text) implements Expression {
        static final Constant NULL = new Constant(Kind.NULL, "");
        static final Constant TRUE = new Constant(Kind.NUMBER, "1");
        static final Constant FALSE = new Constant(Kind.NUMBER, "0");

        enum Kind {
            NUMBER,
            TEXT,
            NULL
        }
    }

    /// What is the same for all rows, and not known: a parameter, a system variable, a literal of bits.
    ///
    /// @param told whether no value of a table can be in it; of a user's variable there can
    record Fixed(String what, boolean told) implements Expression {}

    /// @param name in lower case: names of columns have no case
    record Column(Optional<String> schema, Optional<String> table, String name) implements Expression {}

    /// `*`, `t.*`, `s.t.*`.
    record Star(Optional<String> schema, Optional<String> table) implements Expression {}

    /// What the language has a form of its own for.
    ///
    /// @param operator in lower case: `+`, `and`, `is null`, `in`, `case` (conditions and results in turn, at last
    ///     what else), `cast`, `row`, `exists`, `= any`, `< all`, …
    record Operation(String operator, List<Expression> operands) implements Expression {
        public Operation {
            operands = List.copyOf(operands);
        }

        boolean is(String wanted) {
            return operator.equals(wanted);
        }
    }

    /// @param name in lower case
    /// @param beside what orders or groups within it
    /// @param form how it is called
    record Call(Optional<String> schema, String name, List<Expression> arguments, List<Expression> beside, Form form)
            implements Expression {
        enum Form {
            PLAIN,
            /// a blank stands before its parenthesis: it can be a stored function of a built-in's name
            SPACED,
            /// over a window of rows
            WINDOWED
        }

        public Call {
            arguments = List.copyOf(arguments);
            beside = List.copyOf(beside);
        }

        /// Whether it is surely the server's function of this name.
        boolean builtIn() {
            return schema.isEmpty() && form != Form.SPACED;
        }
    }

    record Subquery(Query query) implements Expression {}

    static Expression of(String operator, Expression... operands) {
        return new Operation(operator, List.of(operands));
    }

    static Expression not(Expression of) {
        return of("not", of);
    }

    /// What it is made of, queries left out.
    default List<Expression> parts() {
        return switch (this) {
            case Constant _, Fixed _, Column _, Star _, Subquery _ -> List.of();
            case Operation(var _, var operands) -> operands;
            case Call call -> {
                var all = new ArrayList<>(call.arguments());
                all.addAll(call.beside());
                yield all;
            }
        };
    }
}
