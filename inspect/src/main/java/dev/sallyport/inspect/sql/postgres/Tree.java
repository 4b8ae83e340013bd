package dev.sallyport.inspect.sql.postgres;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads libpg_query's trees. A node whose kind is open stands as `{"SelectStmt": {…}}`, one whose kind the field fixes
/// as its fields alone; what is zero, false or empty is left out (`pg_query_outfuncs_json`).
final class Tree {

    private Tree() {}

    /// A node of an open kind.
    record Node(String kind, JsonObject fields) {}

    /// The node that stands here; empty for anything else.
    static Optional<Node> node(JsonElement element) {
        if (!element.isJsonObject() || element.getAsJsonObject().size() != 1) {
            return Optional.empty();
        }
        var only = element.getAsJsonObject().entrySet().iterator().next();
        return Character.isUpperCase(only.getKey().charAt(0)) && only.getValue().isJsonObject()
                ? Optional.of(new Node(only.getKey(), only.getValue().getAsJsonObject()))
                : Optional.empty();
    }

    /// The node in a field.
    static Optional<Node> node(JsonObject fields, String name) {
        return get(fields, name).flatMap(Tree::node);
    }

    static Optional<JsonElement> get(JsonObject fields, String name) {
        return Optional.ofNullable(fields.get(name)).filter(element -> !element.isJsonNull());
    }

    /// A node of a fixed kind in a field.
    static Optional<JsonObject> object(JsonObject fields, String name) {
        return get(fields, name).filter(JsonElement::isJsonObject).map(JsonElement::getAsJsonObject);
    }

    /// A list in a field, or nothing.
    static List<JsonElement> list(JsonObject fields, String name) {
        return get(fields, name)
                .filter(JsonElement::isJsonArray)
                .map(element -> element.getAsJsonArray().asList())
                .orElse(List.of());
    }

    static Optional<String> text(JsonObject fields, String name) {
        return get(fields, name).filter(JsonElement::isJsonPrimitive).map(JsonElement::getAsString);
    }

    static boolean flag(JsonObject fields, String name) {
        return text(fields, name).map("true"::equals).orElse(false);
    }

    /// The strings of a list of `String` nodes; other nodes are passed over.
    static List<String> strings(List<JsonElement> elements) {
        var strings = new ArrayList<String>();
        for (var element : elements) {
            node(element)
                    .filter(node -> node.kind().equals("String"))
                    .ifPresent(node -> strings.add(text(node.fields(), "sval").orElse("")));
        }
        return strings;
    }

    /// The elements of a `List` node.
    static List<JsonElement> items(JsonElement element) {
        return node(element)
                .filter(node -> node.kind().equals("List"))
                .map(node -> list(node.fields(), "items"))
                .orElse(List.of());
    }

    /// The same tree without the places of its nodes in the text: equal for two writings of the same expression.
    static String shape(JsonElement element) {
        var out = new StringBuilder();
        shape(element, out);
        return out.toString();
    }

    private static void shape(JsonElement element, StringBuilder out) {
        if (element.isJsonObject()) {
            out.append('{');
            element.getAsJsonObject().asMap().forEach((name, value) -> {
                if (!name.equals("location") && !name.startsWith("rexpr_list_")) {
                    out.append(name).append(':');
                    shape(value, out);
                }
            });
            out.append('}');
        } else if (element.isJsonArray()) {
            out.append('[');
            element.getAsJsonArray().forEach(each -> shape(each, out));
            out.append(']');
        } else {
            out.append(element).append(',');
        }
    }
}
