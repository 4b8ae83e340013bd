package dev.sallyport.store;

import dev.sallyport.store.Written.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/// Writes several items of both tables, all or none.
///
/// Each write says what it means when its condition does not hold, and the first such meaning is what the
/// whole came to. Conflicts with other transactions are tried again, [#ATTEMPTS] times in all.
final class Transaction {

    /// How often a transaction is tried that meets others.
    static final int ATTEMPTS = 12;

    /// Most items in one transaction.
    static final int LARGEST = 100;

    /// What a condition that does not hold means.
    record Meaning(Reason reason, String sentence) {
        <T> Written<T> refused() {
            return new Written.Refused<>(reason, sentence);
        }
    }

    private record Step(TransactWriteItem write, Optional<Meaning> meaning) {}

    private final Tables tables;
    private final List<Step> steps = new ArrayList<>();

    Transaction(Tables tables) {
        this.tables = tables;
    }

    /// The same writes once more, to which others can be added.
    Transaction copy() {
        var copy = new Transaction(tables);
        copy.steps.addAll(steps);
        return copy;
    }

    Transaction put(Table table, Item item) {
        steps.add(new Step(
                TransactWriteItem.builder()
                        .put(put -> put.tableName(tables.name(table)).item(item.attributes()))
                        .build(),
                Optional.empty()));
        return this;
    }

    Transaction put(Table table, Item item, Condition condition, Reason reason, String sentence) {
        steps.add(new Step(
                TransactWriteItem.builder()
                        .put(put -> {
                            put.tableName(tables.name(table))
                                    .item(item.attributes())
                                    .conditionExpression(condition.expression());
                            if (!condition.names().isEmpty()) {
                                put.expressionAttributeNames(condition.names());
                            }
                            if (!condition.values().isEmpty()) {
                                put.expressionAttributeValues(condition.values());
                            }
                        })
                        .build(),
                Optional.of(new Meaning(reason, sentence))));
        return this;
    }

    Transaction delete(Table table, String partition, String sort) {
        steps.add(new Step(
                TransactWriteItem.builder()
                        .delete(delete -> delete.tableName(tables.name(table)).key(Tables.key(partition, sort)))
                        .build(),
                Optional.empty()));
        return this;
    }

    Transaction delete(
            Table table, String partition, String sort, Condition condition, Reason reason, String sentence) {
        steps.add(new Step(
                TransactWriteItem.builder()
                        .delete(delete -> {
                            delete.tableName(tables.name(table))
                                    .key(Tables.key(partition, sort))
                                    .conditionExpression(condition.expression());
                            if (!condition.names().isEmpty()) {
                                delete.expressionAttributeNames(condition.names());
                            }
                            if (!condition.values().isEmpty()) {
                                delete.expressionAttributeValues(condition.values());
                            }
                        })
                        .build(),
                Optional.of(new Meaning(reason, sentence))));
        return this;
    }

    Transaction check(Table table, String partition, String sort, Condition condition, Reason reason, String sentence) {
        steps.add(new Step(
                TransactWriteItem.builder()
                        .conditionCheck(check -> {
                            check.tableName(tables.name(table))
                                    .key(Tables.key(partition, sort))
                                    .conditionExpression(condition.expression());
                            if (!condition.names().isEmpty()) {
                                check.expressionAttributeNames(condition.names());
                            }
                            if (!condition.values().isEmpty()) {
                                check.expressionAttributeValues(condition.values());
                            }
                        })
                        .build(),
                Optional.of(new Meaning(reason, sentence))));
        return this;
    }

    /// Sets attributes of an item that is there.
    Transaction set(
            Table table,
            String partition,
            String sort,
            Map<String, AttributeValue> attributes,
            Condition condition,
            Reason reason,
            String sentence) {
        var sets = new ArrayList<String>();
        var names = new java.util.HashMap<String, String>();
        var values = new java.util.HashMap<String, AttributeValue>();
        int i = 0;
        for (var attribute : attributes.entrySet()) {
            sets.add("#s" + i + " = :s" + i);
            names.put("#s" + i, attribute.getKey());
            values.put(":s" + i, attribute.getValue());
            i++;
        }
        steps.add(new Step(
                TransactWriteItem.builder()
                        .update(update -> update.tableName(tables.name(table))
                                .key(Tables.key(partition, sort))
                                .updateExpression("SET " + String.join(", ", sets))
                                .conditionExpression(condition.expression())
                                .expressionAttributeNames(condition.namesAnd(names))
                                .expressionAttributeValues(condition.valuesAnd(values)))
                        .build(),
                Optional.of(new Meaning(reason, sentence))));
        return this;
    }

    /// Adds one to a counter of an item.
    Transaction increment(
            Table table,
            String partition,
            String sort,
            String counter,
            Condition condition,
            Reason reason,
            String sentence) {
        steps.add(new Step(
                TransactWriteItem.builder()
                        .update(update -> update.tableName(tables.name(table))
                                .key(Tables.key(partition, sort))
                                .updateExpression("ADD #counter :one")
                                .conditionExpression(condition.expression())
                                .expressionAttributeNames(condition.namesAnd(Map.of("#counter", counter)))
                                .expressionAttributeValues(
                                        condition.valuesAnd(Map.of(":one", AttributeValue.fromN("1")))))
                        .build(),
                Optional.of(new Meaning(reason, sentence))));
        return this;
    }

    /// Writes it; empty when it is written, else what the first condition that did not hold means.
    ///
    /// @throws StoreUnavailable when the store did not answer, or the conflicts did not end
    Optional<Meaning> commit() {
        if (steps.size() > LARGEST) {
            throw new IllegalStateException("a transaction of " + steps.size() + " items");
        }
        for (int attempt = 1; ; attempt++) {
            try {
                var writes = steps.stream().map(Step::write).toList();
                tables.call(
                        "write a transaction of " + steps.size() + " items",
                        () -> tables.client().transactWriteItems(request -> request.transactItems(writes)));
                return Optional.empty();
            } catch (TransactionCanceledException e) {
                var reasons = e.cancellationReasons();
                for (int i = 0; i < reasons.size() && i < steps.size(); i++) {
                    if (is(reasons.get(i), "ConditionalCheckFailed")) {
                        int step = i;
                        return Optional.of(steps.get(i)
                                .meaning()
                                .orElseThrow(
                                        () -> new IllegalStateException("write " + step + " has no condition", e)));
                    }
                }
                boolean passes = reasons.stream()
                        .anyMatch(reason -> is(reason, "TransactionConflict")
                                || is(reason, "ThrottlingError")
                                || is(reason, "ProvisionedThroughputExceeded"));
                if (!passes || attempt == ATTEMPTS) {
                    throw new StoreUnavailable(
                            "could not write a transaction of " + steps.size() + " items in " + attempt + " attempts",
                            e);
                }
                Tables.pause(attempt + 1);
            }
        }
    }

    private static boolean is(CancellationReason reason, String code) {
        return code.equals(reason.code());
    }
}
