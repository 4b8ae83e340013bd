package dev.sallyport.inspect.sql.postgres.parser;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Parses texts, and need not for one that differs from an earlier one in nothing but plain literals: its tree is the
/// earlier one's with other constants in it. What a statement *means* is judged from its own tree all the same, each
/// time: `where 1=2` and `where 1=1` are two trees.
///
/// A tree is kept only if every literal of its text stands in it as a constant (`A_Const`) of that value at that place.
/// Where the grammar makes something else of one (`float(24)`, `-5`, a name in quotes, an option), it is not, and
/// the next text of the shape is parsed like any other.
public final class Parses {

    private static final int MOST = 256;
    private static final int LONGEST = 1_024;

    private final Function<String, Parsed> parser;

    /// Trees by the shapes of their texts, the least used first.
    private final Map<String, Template> templates = new LinkedHashMap<>(64, 0.75f, true);

    /// @param parser parses a text from the beginning
    public Parses(Function<String, Parsed> parser) {
        this.parser = parser;
    }

    /// A tree, and the literals that it was made of.
    private record Template(JsonObject root, List<Literals.Literal> literals) {}

    /// Parses any number of statements. Never throws for any text.
    public Parsed parse(String text) {
        var literals = text.length() > LONGEST ? Optional.<Literals>empty() : Literals.of(text);
        if (literals.isEmpty()) {
            return parser.apply(text);
        }
        var shape = literals.get().shape();
        Template template;
        synchronized (templates) {
            template = templates.get(shape);
        }
        if (template != null) {
            return new Parsed.Tree(
                    new Binding(template.literals(), literals.get().all()).bind(template.root()));
        }
        var parsed = parser.apply(text);
        if (parsed instanceof Parsed.Tree(var root)
                && holdsAll(root, literals.get().all())) {
            synchronized (templates) {
                templates.put(
                        shape, new Template(root.deepCopy(), literals.get().all()));
                if (templates.size() > MOST) {
                    templates.remove(templates.keySet().iterator().next());
                }
            }
        }
        return parsed;
    }

    /// Whether each literal is a constant of the tree, and every constant at the place of one has its value.
    private static boolean holdsAll(JsonObject root, List<Literals.Literal> literals) {
        var byPlace = new HashMap<Integer, Literals.Literal>();
        literals.forEach(literal -> byPlace.put(literal.start(), literal));
        var found = new HashMap<Integer, Boolean>();
        for (var constant : constants(root, new ArrayList<>())) {
            int place = place(constant);
            var literal = byPlace.get(place);
            if (literal != null) {
                found.merge(place, isOf(constant, literal), Boolean::logicalAnd);
            }
        }
        return found.size() == literals.size() && !found.containsValue(false);
    }

    private static List<JsonObject> constants(JsonElement element, List<JsonObject> found) {
        if (element.isJsonObject()) {
            element.getAsJsonObject().asMap().forEach((name, value) -> {
                if (name.equals("A_Const") && value.isJsonObject()) {
                    found.add(value.getAsJsonObject());
                }
                constants(value, found);
            });
        } else if (element.isJsonArray()) {
            element.getAsJsonArray().forEach(each -> constants(each, found));
        }
        return found;
    }

    private static int place(JsonObject constant) {
        var place = constant.get("location");
        return place == null ? 0 : place.getAsInt();
    }

    private static boolean isOf(JsonObject constant, Literals.Literal literal) {
        var kind = kind(literal);
        var value = constant.getAsJsonObject(kind);
        return value != null && value.has(kind) && value.get(kind).getAsString().equals(literal.value());
    }

    /// As a constant's field is called, and the one within it.
    private static String kind(Literals.Literal literal) {
        return literal.string() ? "sval" : "ival";
    }

    /// Puts other literals into a tree, and its places where the other text has them.
    private static final class Binding {

        private final List<Literals.Literal> before;
        private final List<Literals.Literal> after;
        private final Map<Integer, Literals.Literal> byPlace = new HashMap<>();

        Binding(List<Literals.Literal> before, List<Literals.Literal> after) {
            this.before = before;
            this.after = after;
            for (int i = 0; i < before.size(); i++) {
                byPlace.put(before.get(i).start(), after.get(i));
            }
        }

        JsonObject bind(JsonObject fields) {
            var bound = new JsonObject();
            fields.asMap()
                    .forEach((name, value) -> bound.add(
                            name,
                            switch (name) {
                                case "A_Const" -> constant(value.getAsJsonObject());
                                case "location",
                                        "stmt_location",
                                        "rexpr_list_start",
                                        "rexpr_list_end",
                                        "list_start",
                                        "list_end" -> new JsonPrimitive(moved(value.getAsInt()));
                                case "stmt_len" -> length(fields, value.getAsInt());
                                default -> bind(value);
                            }));
            return bound;
        }

        private JsonElement bind(JsonElement element) {
            if (element.isJsonObject()) {
                return bind(element.getAsJsonObject());
            }
            if (element.isJsonArray()) {
                var bound = new JsonArray(element.getAsJsonArray().size());
                element.getAsJsonArray().forEach(each -> bound.add(bind(each)));
                return bound;
            }
            return element;
        }

        private JsonObject constant(JsonObject constant) {
            var bound = bind(constant);
            var literal = byPlace.get(place(constant));
            if (literal != null) {
                var value = new JsonObject();
                value.add(
                        kind(literal),
                        literal.string()
                                ? new JsonPrimitive(literal.value())
                                : new JsonPrimitive(Integer.parseInt(literal.value())));
                bound.add(kind(literal), value);
            }
            return bound;
        }

        private JsonPrimitive length(JsonObject statement, int length) {
            var location = statement.get("stmt_location");
            int start = location == null ? 0 : location.getAsInt();
            return new JsonPrimitive(moved(start + length) - moved(start));
        }

        /// A place of the text before, in the text after.
        private int moved(int place) {
            int moved = place;
            for (int i = 0; i < before.size() && before.get(i).start() < place; i++) {
                moved += after.get(i).end()
                        - after.get(i).start()
                        - (before.get(i).end() - before.get(i).start());
            }
            return moved;
        }
    }
}
