package dev.sallyport.inspect.sql.mysql;

import dev.sallyport.inspect.sql.mysql.Expression.Operation;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Whether of some conditions one always holds (`id < 5 or id >= 5`), or they never hold together.
final class Alternatives {

    private Alternatives() {}

    /// A comparison with something that is written down.
    private record Bound(Expression thing, String operator, Object value) {}

    /// Whether one of them always holds: then what denies them all contradicts itself.
    ///
    /// @param shapes of conditions
    static boolean areComplete(List<Expression> shapes) {
        return contradict(shapes.stream().map(each -> Shapes.opposite(each)).toList());
    }

    /// Whether they never hold together.
    static boolean contradict(List<Expression> shapes) {
        var all = new HashSet<>(shapes);
        if (shapes.stream().map(each -> Shapes.opposite(each)).anyMatch(all::contains)) {
            return true;
        }
        var byThing = new HashMap<Expression, List<Bound>>();
        shapes.forEach(shape -> bound(shape)
                .ifPresent(bound -> byThing.computeIfAbsent(bound.thing(), _ -> new ArrayList<>())
                        .add(bound)));
        return byThing.values().stream().anyMatch(Alternatives::isEmpty);
    }

    private static Optional<Bound> bound(Expression shape) {
        if (!(shape instanceof Operation(var operator, var operands))
                || Shapes.opposite(operator).isEmpty()) {
            return Optional.empty();
        }
        return Constants.of(operands.getLast()).map(value -> new Bound(operands.getFirst(), operator, value));
    }

    /// Whether nothing is within all of these bounds. Texts are in no known order.
    private static boolean isEmpty(List<Bound> bounds) {
        var equal = new HashSet<Object>();
        var unequal = new HashSet<Object>();
        var low = new Edge(1);
        var high = new Edge(-1);
        for (var bound : bounds) {
            switch (bound.operator()) {
                case "=" -> equal.add(bound.value());
                case "<>" -> unequal.add(bound.value());
                case "<", "<=" -> high.tighten(bound);
                default -> low.tighten(bound);
            }
        }
        return equal.size() > 1
                || equal.stream().anyMatch(unequal::contains)
                || equal.stream().anyMatch(value -> low.excludes(value) || high.excludes(value))
                || meetNowhere(low, high, unequal);
    }

    private static boolean meetNowhere(Edge low, Edge high, Set<Object> unequal) {
        if (low.at.isEmpty() || high.at.isEmpty()) {
            return false;
        }
        int sign = low.at.get().compareTo(high.at.get());
        return sign > 0 || (sign == 0 && (low.strict || high.strict || unequal.contains(low.at.get())));
    }

    /// The tightest of the bounds on one side.
    private static final class Edge {
        private final int side;
        private Optional<BigDecimal> at = Optional.empty();
        private boolean strict;

        /// @param side 1: what is within is more than it; -1: less
        Edge(int side) {
            this.side = side;
        }

        void tighten(Bound bound) {
            if (!(bound.value() instanceof BigDecimal number)) {
                return;
            }
            boolean excludes = !bound.operator().endsWith("=");
            int sign = at.map(before -> number.compareTo(before) * side).orElse(1);
            if (sign > 0 || (sign == 0 && excludes)) {
                at = Optional.of(number);
                strict = excludes;
            }
        }

        boolean excludes(Object value) {
            if (at.isEmpty() || !(value instanceof BigDecimal number)) {
                return false;
            }
            int sign = number.compareTo(at.get()) * side;
            return sign < 0 || (sign == 0 && strict);
        }
    }
}
