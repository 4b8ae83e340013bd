package dev.sallyport.core.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Rules as people write them:
///
/// ```
/// # what cannot be read is refused
/// unread block
///
/// rule no-where
///   block
///   when does update, delete
///   when every row
///   say An update or delete needs a where that chooses rows.
/// ```
///
/// Conditions, one on each `when`, all of which must hold: `does OPERATION [OBJECT], …`, `reads TABLE, …`,
/// `writes TABLE, …`, `uses COLUMN, …`, `calls FUNCTION, …`, `every row`, `unlimited`, `unseen`,
/// `more than N statements`, `more than N rows`, `words WORD, …`, `matches EXPRESSION`.
public final class GuardrailText {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final Pattern GLOB = Pattern.compile("[^,\\s]{1,192}");
    private static final Pattern MORE = Pattern.compile("more than ([0-9]{1,9}) (rows?|statements?)");
    private static final int LONGEST_MESSAGE = 500;
    private static final int MOST_NAMES = 128;

    /// Whether a rule or a guardrail may be called so.
    static boolean names(String name) {
        return NAME.matcher(name).matches();
    }

    private final String guardrail;
    private final List<GuardrailRule> rules = new ArrayList<>();
    private GuardrailAction unread = GuardrailAction.HOLD;
    private Optional<Open> open = Optional.empty();

    /// A rule whose end is not read yet.
    private static final class Open {
        private final String name;
        private Optional<GuardrailAction> action = Optional.empty();
        private final List<GuardrailCondition> conditions = new ArrayList<>();
        private Optional<String> message = Optional.empty();

        Open(String name) {
            this.name = name;
        }

        GuardrailRule done() {
            return new GuardrailRule(
                    name,
                    action.orElseThrow(() -> new IllegalArgumentException(
                            "rule " + name + " has no action: add a line with allow, warn, hold or block")),
                    conditions,
                    message.orElse(""));
        }
    }

    private GuardrailText(String guardrail) {
        this.guardrail = guardrail;
    }

    /// @param guardrail what the rules' names begin with
    /// @throws IllegalArgumentException with the line and a sentence
    public static Guardrails read(String guardrail, String text) {
        if (text.length() > Guardrails.LONGEST) {
            throw new IllegalArgumentException("rules have at most " + Guardrails.LONGEST + " characters");
        }
        var reading = new GuardrailText(guardrail);
        int number = 0;
        for (var line : text.split("\n", -1)) {
            number++;
            try {
                reading.line(line.strip());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("line " + number + ": " + e.getMessage(), e);
            }
        }
        reading.close();
        if (reading.rules.size() > Guardrails.MOST_RULES) {
            throw new IllegalArgumentException("a connection has at most " + Guardrails.MOST_RULES + " rules");
        }
        return new Guardrails(reading.rules, reading.unread);
    }

    private void close() {
        open.ifPresent(rule -> rules.add(rule.done()));
        open = Optional.empty();
    }

    private void line(String line) {
        if (line.isEmpty() || line.startsWith("#")) {
            return;
        }
        int blank = line.indexOf(' ');
        var word = blank < 0 ? line : line.substring(0, blank);
        var rest = blank < 0 ? "" : line.substring(blank + 1).strip();
        switch (word) {
            case "rule" -> {
                close();
                if (!NAME.matcher(rest).matches()) {
                    throw new IllegalArgumentException("a rule's name has 1 to 63 small letters, digits and '-'");
                }
                open = Optional.of(new Open(guardrail + "/" + rest));
            }
            case "unread" ->
                unread = GuardrailAction.of(rest)
                        .orElseThrow(() -> new IllegalArgumentException("unread is allow, warn, hold or block"));
            case "when" -> rule().conditions.add(condition(rest));
            case "say" -> {
                if (rest.isEmpty()
                        || rest.length() > LONGEST_MESSAGE
                        || rest.chars().anyMatch(Character::isISOControl)) {
                    throw new IllegalArgumentException("a message has 1 to " + LONGEST_MESSAGE + " characters");
                }
                rule().message = Optional.of(rest);
            }
            default ->
                rule().action = Optional.of(GuardrailAction.of(word)
                        .filter(_ -> rest.isEmpty())
                        .orElseThrow(() -> new IllegalArgumentException(
                                "'" + word + "' is none of rule, unread, when, say, allow, warn, hold, block")));
        }
    }

    private Open rule() {
        return open.orElseThrow(() -> new IllegalArgumentException("this stands before the first rule"));
    }

    private static GuardrailCondition condition(String text) {
        switch (text) {
            case "every row" -> {
                return new GuardrailCondition.EveryRow();
            }
            case "unlimited" -> {
                return new GuardrailCondition.Unlimited();
            }
            case "unseen" -> {
                return new GuardrailCondition.Unseen();
            }
            default -> {
                // has more words
            }
        }
        var more = MORE.matcher(text);
        if (more.matches()) {
            int number = Integer.parseInt(more.group(1));
            return more.group(2).startsWith("row")
                    ? new GuardrailCondition.MoreRows(number)
                    : new GuardrailCondition.MoreStatements(number);
        }
        int blank = text.indexOf(' ');
        var word = blank < 0 ? text : text.substring(0, blank);
        var rest = blank < 0 ? "" : text.substring(blank + 1).strip();
        return switch (word) {
            case "does" ->
                new GuardrailCondition.Does(list(rest).map(GuardrailText::deed).toList());
            case "reads" -> new GuardrailCondition.Reads(globs(rest));
            case "writes" -> new GuardrailCondition.Writes(globs(rest));
            case "uses" -> new GuardrailCondition.Uses(globs(rest));
            case "calls" -> new GuardrailCondition.Calls(globs(rest));
            case "words" -> new GuardrailCondition.Words(globs(rest));
            case "matches" -> matches(rest);
            default ->
                throw new IllegalArgumentException(
                        "'" + text + "' is no condition; there are: does, reads, writes, uses,"
                                + " calls, every row, unlimited, unseen, more than N statements, more than N rows, words,"
                                + " matches");
        };
    }

    private static GuardrailCondition matches(String expression) {
        try {
            // RE2's syntax is a part of Java's, but for a few escapes; the agent looks again
            Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("the expression cannot be read: " + e.getDescription(), e);
        }
        if (expression.isEmpty()) {
            throw new IllegalArgumentException("an expression is missing after 'matches'");
        }
        return new GuardrailCondition.Matches(expression);
    }

    private static GuardrailCondition.Deed deed(String text) {
        int blank = text.indexOf(' ');
        var word = blank < 0 ? text : text.substring(0, blank);
        var object = blank < 0
                ? "*"
                : text.substring(blank + 1).strip().toLowerCase(Locale.ROOT).replace(' ', '-');
        var operation = Arrays.stream(Operation.values())
                .filter(each -> each.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + word + "' is no operation; there are "
                        + String.join(
                                ", ",
                                Arrays.stream(Operation.values())
                                        .map(Operation::word)
                                        .toList())));
        return new GuardrailCondition.Deed(operation, object);
    }

    private static List<String> globs(String text) {
        return list(text).map(each -> each.toLowerCase(Locale.ROOT)).toList();
    }

    private static java.util.stream.Stream<String> list(String text) {
        var parts = text.split(",", -1);
        if (parts.length > MOST_NAMES) {
            throw new IllegalArgumentException("a condition has at most " + MOST_NAMES + " names");
        }
        return Arrays.stream(parts).map(String::strip).peek(part -> {
            if (!GLOB.matcher(part.replace(' ', '-')).matches()) {
                throw new IllegalArgumentException("a name is missing in the list, or is too long");
            }
        });
    }
}
