package dev.sallyport.control.http;

import dev.sallyport.api.Limits;
import dev.sallyport.api.Problem;
import dev.sallyport.api.Problem.FieldError;
import dev.sallyport.core.certificate.SourceAddresses;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Checks the fields of a request, and collects what is wrong with all of them, so that a caller learns it at
/// once. [#check] ends it; what the other methods returned for a wrong field means nothing until then.
public final class Fields {

    /// Longest text that is no free text, such as a reference with a sealed secret; in bytes of UTF-8.
    public static final int LONG_TEXT = 16_384;

    private final List<FieldError> errors = new ArrayList<>();

    /// Says that a field is wrong. `detail` repeats no input.
    public void wrong(String field, String detail) {
        errors.add(new FieldError(field, detail));
    }

    /// Text of one line that must be there.
    public String needed(String field, @Nullable String value) {
        if (value == null || value.isBlank()) {
            wrong(field, "is needed");
            return "";
        }
        return line(field, value);
    }

    /// Text of one line that may be missing.
    public Optional<String> optional(String field, @Nullable String value) {
        return value == null || value.isBlank() ? Optional.empty() : Optional.of(line(field, value));
    }

    private String line(String field, String value) {
        if (value.getBytes(StandardCharsets.UTF_8).length > Limits.FREE_TEXT) {
            wrong(field, "has at most " + Limits.FREE_TEXT + " bytes");
            return "";
        }
        // Lone surrogates do not survive UTF-8, control characters forge lines.
        if (value.codePoints()
                .anyMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE)) {
            wrong(field, "holds characters that do not print");
            return "";
        }
        return value;
    }

    /// One of some words.
    public <T> Optional<T> choice(String field, @Nullable String value, Map<String, T> words) {
        if (value == null) {
            return Optional.empty();
        }
        var found = Optional.ofNullable(words.get(value));
        if (found.isEmpty()) {
            wrong(field, "is one of " + String.join(", ", new TreeMap<>(words).keySet()));
        }
        return found;
    }

    /// A list of texts of one line each; missing is empty.
    public List<String> list(String field, @Nullable List<String> values) {
        return list(field, values, this::line);
    }

    /// A list of texts that may have several lines, such as the arguments of a program; missing is empty.
    public List<String> scripts(String field, @Nullable List<String> values) {
        return list(field, values, (name, text) -> {
            if (text.getBytes(StandardCharsets.UTF_8).length > LONG_TEXT) {
                wrong(name, "has at most " + LONG_TEXT + " bytes");
            } else if (text.indexOf(0) >= 0) {
                wrong(name, "holds characters that do not print");
            }
            return text;
        });
    }

    private List<String> list(String field, @Nullable List<String> values, BinaryOperator<String> checked) {
        if (values == null) {
            return List.of();
        }
        if (values.size() > Limits.ENTRIES) {
            wrong(field, "has at most " + Limits.ENTRIES + " entries");
            return List.of();
        }
        var list = new ArrayList<String>();
        for (int i = 0; i < values.size(); i++) {
            // The types cannot say it, but JSON may hold null here.
            @Nullable String value = values.get(i);
            if (value == null) {
                wrong(field + "[" + i + "]", "is needed");
            } else {
                list.add(checked.apply(field + "[" + i + "]", value));
            }
        }
        return list;
    }

    /// A list of networks, each as `ADDRESS[/LENGTH]`; missing is empty.
    public List<String> networks(String field, @Nullable List<String> values) {
        var networks = list(field, values);
        for (int i = 0; i < networks.size(); i++) {
            var network = networks.get(i);
            if (network.indexOf(',') >= 0 || SourceAddresses.parse(network).equals(SourceAddresses.NONE)) {
                wrong(field + "[" + i + "]", "is not a network, such as 192.0.2.0/24 or 2001:db8::/32");
            }
        }
        return networks;
    }

    /// A map of texts; missing is empty. Values may have several lines and [#LONG_TEXT] bytes.
    public SortedMap<String, String> map(String field, @Nullable Map<String, String> values) {
        var map = new TreeMap<String, String>();
        if (values == null) {
            return map;
        }
        if (values.size() > Limits.ENTRIES) {
            wrong(field, "has at most " + Limits.ENTRIES + " entries");
            return map;
        }
        values.forEach((name, value) -> {
            if (name.isEmpty() || name.length() > 128 || !name.matches("[A-Za-z0-9_.:/-]+")) {
                wrong(field, "has names of 1 to 128 letters, digits and _ . : / -");
            } else if (value == null) {
                wrong(field + "." + name, "is needed");
            } else if (value.getBytes(StandardCharsets.UTF_8).length > LONG_TEXT) {
                wrong(field + "." + name, "has at most " + LONG_TEXT + " bytes");
            } else {
                map.put(name, value);
            }
        });
        return map;
    }

    /// A time that is yet to come, to the millisecond; may be missing.
    public Optional<Instant> future(String field, @Nullable Instant time, Instant now) {
        if (time == null) {
            return Optional.empty();
        }
        if (!Limits.within(time)) {
            wrong(field, "is a time from 1970 to 9999");
        } else if (!time.isAfter(now)) {
            wrong(field, "is in the past");
        }
        return Optional.of(time.truncatedTo(ChronoUnit.MILLIS));
    }

    /// A number; missing is `otherwise`.
    public long number(String field, @Nullable Long value, long otherwise, long least, long most) {
        if (value == null) {
            return otherwise;
        }
        if (value < least || value > most) {
            wrong(field, "is between " + least + " and " + most);
            return least;
        }
        return value;
    }

    /// A number that may be missing.
    public Optional<Integer> optionalNumber(String field, @Nullable Long value, int least, int most) {
        return value == null ? Optional.empty() : Optional.of((int) number(field, value, least, least, most));
    }

    /// What `parse` makes of a text, where a text that it throws [IllegalArgumentException] for is wrong.
    public <T> Optional<T> parsed(String field, String text, Function<String, T> parse) {
        try {
            return Optional.of(parse.apply(text));
        } catch (IllegalArgumentException e) {
            wrong(field, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /// How many fields were found wrong so far.
    public int count() {
        return errors.size();
    }

    /// Ends the check.
    ///
    /// @throws Declined when something was wrong
    public void check() throws Declined {
        if (!errors.isEmpty()) {
            throw new Declined(Problem.invalid(errors));
        }
    }

    /// Makes a value that checks itself, once the fields by themselves are right; what it objects to is laid to
    /// `field`.
    public <T> T make(String field, Supplier<T> make) throws Declined {
        check();
        try {
            return make.get();
        } catch (IllegalArgumentException e) {
            throw Declined.field(field, String.valueOf(e.getMessage()));
        }
    }
}
