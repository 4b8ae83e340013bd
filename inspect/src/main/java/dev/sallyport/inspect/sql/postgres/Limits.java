package dev.sallyport.inspect.sql.postgres;

import com.google.gson.JsonElement;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Whether a `limit` limits.
final class Limits {

    /// More rows than that are no limit: the most that a spreadsheet takes.
    private static final BigDecimal MOST = BigDecimal.valueOf(1 << 20);

    private static final Set<String> MADE_OF_OTHERS = Set.of("A_Expr", "TypeCast", "MinMaxExpr");

    private Limits() {}

    /// A number that is not too high, or a parameter, whose value no text tells; nothing that can be null by itself.
    static boolean limits(JsonElement count) {
        var constant = written(count);
        return constant.isPresent() ? constant.get().compareTo(MOST) <= 0 : isOfParameters(count);
    }

    /// A number, also as `'10'::bigint`.
    private static Optional<BigDecimal> written(JsonElement element) {
        var inner = Tree.node(element)
                .filter(node -> node.kind().equals("TypeCast"))
                .flatMap(node -> Tree.get(node.fields(), "arg"))
                .orElse(element);
        return Constants.of(inner).flatMap(value -> switch (value) {
            case BigDecimal number -> Optional.of(number);
            case String text when text.matches("[0-9]{1,20}") -> Optional.of(new BigDecimal(text));
            default -> Optional.<BigDecimal>empty();
        });
    }

    private static boolean isOfParameters(JsonElement element) {
        return Tree.node(element)
                .filter(node -> {
                    if (node.kind().equals("ParamRef")) {
                        return true;
                    }
                    if (!MADE_OF_OTHERS.contains(node.kind())
                            || Tree.text(node.fields(), "kind").orElse("").equals("AEXPR_NULLIF")) {
                        return false;
                    }
                    return Stream.of("arg", "lexpr", "rexpr")
                                    .flatMap(name -> Tree.get(node.fields(), name).stream())
                                    .allMatch(Limits::isNumberOrParameter)
                            && Tree.list(node.fields(), "args").stream().allMatch(Limits::isNumberOrParameter);
                })
                .isPresent();
    }

    private static boolean isNumberOrParameter(JsonElement element) {
        return written(element).isPresent() || isOfParameters(element);
    }
}
