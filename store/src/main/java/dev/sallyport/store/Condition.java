package dev.sallyport.store;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// What must hold of the item that stands in the store before a write touches it.
record Condition(@Nullable String expression, Map<String, String> names, Map<String, AttributeValue> values) {

    static Condition none() {
        return new Condition(null, Map.of(), Map.of());
    }

    static Condition absent() {
        return new Condition("attribute_not_exists(pk)", Map.of(), Map.of());
    }

    static Condition present() {
        return new Condition("attribute_exists(pk)", Map.of(), Map.of());
    }

    /// The item is there and has this version.
    static Condition version(long version) {
        return number(Item.VERSION, version);
    }

    static Condition number(String name, long value) {
        return new Condition(
                "#name = :value", Map.of("#name", name), Map.of(":value", AttributeValue.fromN(Long.toString(value))));
    }

    static Condition text(String name, String value) {
        return new Condition("#name = :value", Map.of("#name", name), Map.of(":value", AttributeValue.fromS(value)));
    }

    /// The item is there and does not have the attribute.
    static Condition without(String name) {
        return new Condition("attribute_exists(pk) AND attribute_not_exists(#name)", Map.of("#name", name), Map.of());
    }

    /// The item is there and has the attribute.
    static Condition with(String name) {
        return new Condition("attribute_exists(#name)", Map.of("#name", name), Map.of());
    }

    /// Nothing is there, or its number is less than `value`.
    static Condition absentOrLess(String name, long value) {
        return new Condition(
                "attribute_not_exists(pk) OR #name < :value",
                Map.of("#name", name),
                Map.of(":value", AttributeValue.fromN(Long.toString(value))));
    }

    /// The item is there, and its number is one of these, both included.
    static Condition between(String name, long least, long most) {
        return new Condition(
                "#name BETWEEN :least AND :most",
                Map.of("#name", name),
                Map.of(
                        ":least",
                        AttributeValue.fromN(Long.toString(least)),
                        ":most",
                        AttributeValue.fromN(Long.toString(most))));
    }

    Map<String, String> namesAnd(Map<String, String> more) {
        var all = new HashMap<>(names);
        all.putAll(more);
        return all;
    }

    Map<String, AttributeValue> valuesAnd(Map<String, AttributeValue> more) {
        var all = new HashMap<>(values);
        all.putAll(more);
        return all;
    }
}
