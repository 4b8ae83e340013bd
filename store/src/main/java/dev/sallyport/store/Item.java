package dev.sallyport.store;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// One item of a table: named attributes, typed at the place of use.
///
/// Reading an attribute that is not there or has another type is a bug of ours or a store that somebody wrote
/// to by hand: an `IllegalStateException` that names the key and the attribute, never the value.
final class Item {

    static final String PARTITION = "pk";
    static final String SORT = "sk";
    static final String VERSION = "version";

    /// Seconds since 1970 after which the item counts no longer; the table's time to live removes it some time
    /// later, so readers look at it.
    static final String EXPIRES = "expires";

    private final Map<String, AttributeValue> attributes;

    private Item(Map<String, AttributeValue> attributes) {
        this.attributes = attributes;
    }

    static Item of(String partition, String sort) {
        return new Item(new HashMap<>()).text(PARTITION, partition).text(SORT, sort);
    }

    static Item read(Map<String, AttributeValue> attributes) {
        return new Item(attributes);
    }

    /// A copy under another key.
    Item under(String partition, String sort) {
        return new Item(new HashMap<>(attributes)).text(PARTITION, partition).text(SORT, sort);
    }

    Map<String, AttributeValue> attributes() {
        return attributes;
    }

    /// The attributes that are no part of the key: what an update sets.
    Map<String, AttributeValue> set() {
        var attributes = new HashMap<>(this.attributes);
        attributes.remove(PARTITION);
        attributes.remove(SORT);
        return attributes;
    }

    String partition() {
        return text(PARTITION);
    }

    String sort() {
        return text(SORT);
    }

    boolean expired(Instant now) {
        return attributes.containsKey(EXPIRES) && number(EXPIRES) <= now.getEpochSecond();
    }

    Item text(String name, String value) {
        attributes.put(name, AttributeValue.fromS(value));
        return this;
    }

    Item text(String name, Optional<String> value) {
        value.ifPresent(present -> text(name, present));
        return this;
    }

    Item number(String name, long value) {
        attributes.put(name, AttributeValue.fromN(Long.toString(value)));
        return this;
    }

    Item flag(String name, boolean value) {
        attributes.put(name, AttributeValue.fromBool(value));
        return this;
    }

    Item bytes(String name, byte[] value) {
        attributes.put(name, AttributeValue.fromB(SdkBytes.fromByteArray(value)));
        return this;
    }

    /// Times are numbers of milliseconds since 1970; what does not fit (a certificate without end) is clamped.
    Item time(String name, Instant value) {
        return number(name, millis(value));
    }

    Item time(String name, Optional<Instant> value) {
        value.ifPresent(present -> time(name, present));
        return this;
    }

    Item texts(String name, Collection<String> values) {
        attributes.put(
                name,
                AttributeValue.fromL(
                        values.stream().sorted().map(AttributeValue::fromS).toList()));
        return this;
    }

    /// Texts whose order says something.
    Item inOrder(String name, List<String> values) {
        attributes.put(
                name,
                AttributeValue.fromL(values.stream().map(AttributeValue::fromS).toList()));
        return this;
    }

    Item map(String name, Map<String, String> values) {
        var map = new HashMap<String, AttributeValue>();
        values.forEach((key, value) -> map.put(key, AttributeValue.fromS(value)));
        attributes.put(name, AttributeValue.fromM(map));
        return this;
    }

    Item expires(Optional<Instant> at) {
        at.ifPresent(instant -> number(EXPIRES, Math.ceilDiv(millis(instant), 1_000)));
        return this;
    }

    boolean has(String name) {
        return attributes.containsKey(name);
    }

    String text(String name) {
        return present(name, attribute(name).s());
    }

    Optional<String> optionalText(String name) {
        return has(name) ? Optional.of(text(name)) : Optional.empty();
    }

    long number(String name) {
        return Long.parseLong(present(name, attribute(name).n()));
    }

    int integer(String name) {
        return Math.toIntExact(number(name));
    }

    boolean flag(String name) {
        return present(name, attribute(name).bool());
    }

    byte[] bytes(String name) {
        return present(name, attribute(name).b()).asByteArray();
    }

    Instant time(String name) {
        return Instant.ofEpochMilli(number(name));
    }

    Optional<Instant> optionalTime(String name) {
        return has(name) ? Optional.of(time(name)) : Optional.empty();
    }

    List<String> texts(String name) {
        return attribute(name).l().stream()
                .map(value -> present(name, value.s()))
                .toList();
    }

    SortedMap<String, String> map(String name) {
        var map = new TreeMap<String, String>();
        attribute(name).m().forEach((key, value) -> map.put(key, present(name, value.s())));
        return map;
    }

    <E extends Enum<E>> E one(Class<E> type, String name) {
        try {
            return Enum.valueOf(type, text(name));
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("the item " + where() + " has an unknown " + name, e);
        }
    }

    /// What stands in it for people, by name: texts, numbers and flags, lists and maps of texts. Not its key, its
    /// version, nor bytes.
    SortedMap<String, String> described() {
        var described = new TreeMap<String, String>();
        attributes.forEach((name, value) -> {
            if (!name.equals(PARTITION) && !name.equals(SORT) && !name.equals(VERSION) && value.b() == null) {
                described.put(name, described(value));
            }
        });
        return described;
    }

    private static String described(AttributeValue value) {
        return switch (value.type()) {
            case S -> value.s();
            case N -> value.n();
            case BOOL -> value.bool().toString();
            case L -> value.l().stream().map(Item::described).collect(Collectors.joining(","));
            case M ->
                new TreeMap<>(value.m())
                        .entrySet().stream()
                                .map(entry -> entry.getKey() + "=" + described(entry.getValue()))
                                .collect(Collectors.joining(","));
            default -> "";
        };
    }

    private AttributeValue attribute(String name) {
        return present(name, attributes.get(name));
    }

    private <T> T present(String name, @org.jspecify.annotations.Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("the item " + where() + " has no readable " + name);
        }
        return value;
    }

    private String where() {
        var partition = attributes.get(PARTITION);
        var sort = attributes.get(SORT);
        return (partition == null ? "?" : partition.s()) + " / " + (sort == null ? "?" : sort.s());
    }

    private static long millis(Instant instant) {
        if (instant.isAfter(Instant.ofEpochMilli(Long.MAX_VALUE))) {
            return Long.MAX_VALUE;
        }
        return instant.isBefore(Instant.EPOCH) ? 0 : instant.toEpochMilli();
    }

    @Override
    public String toString() {
        return where();
    }
}
