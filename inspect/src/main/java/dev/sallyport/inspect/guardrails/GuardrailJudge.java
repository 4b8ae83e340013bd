package dev.sallyport.inspect.guardrails;

import dev.sallyport.core.policy.GuardrailAction;
import dev.sallyport.core.policy.GuardrailCondition;
import dev.sallyport.core.policy.GuardrailRule;
import dev.sallyport.core.policy.Guardrails;
import dev.sallyport.core.policy.Verdict;
import dev.sallyport.inspect.database.Asked;
import dev.sallyport.inspect.database.Judge;
import dev.sallyport.inspect.database.Judged;
import dev.sallyport.inspect.sql.Grammar;
import dev.sallyport.inspect.sql.Reading;
import dev.sallyport.inspect.sql.SqlStatement;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// Judges the statements of a session by a connection's guardrails.
public final class GuardrailJudge implements Judge {

    /// The rule that is named when a text is not understood.
    public static final String UNREAD = "unread";

    private static final Reading NO_TEXT = new Reading.Unread("it is no text of the session's character set");
    private static final Reading COMMAND = new Reading.Unread("it is no SQL");

    private final Guardrails guardrails;
    private final Grammar grammar;
    private final VerdictCache cache;
    private final Matching matching;
    private final long number;

    /// @param cache shared by all sessions of an agent
    /// @throws IllegalArgumentException if an expression of a rule cannot be read: such a session does not begin
    public GuardrailJudge(Guardrails guardrails, Grammar grammar, VerdictCache cache) {
        this.guardrails = guardrails;
        this.grammar = grammar;
        this.cache = cache;
        this.number = cache.number(guardrails);
        this.matching = new Matching(guardrails.rules());
    }

    /// @throws IllegalArgumentException if an expression of a rule cannot be read
    public static void check(Guardrails guardrails) {
        var _ = new Matching(guardrails.rules());
    }

    @Override
    public Judged judge(Asked asked) {
        try {
            if (asked.text().isEmpty()) {
                return new Judged(unread(NO_TEXT, Optional.empty()), NO_TEXT);
            }
            var text = asked.text().get();
            if (asked.kind() == Asked.Kind.COMMAND) {
                return new Judged(unread(COMMAND, Optional.of(text)), COMMAND);
            }
            var before = cache.get(number, asked.settings(), text);
            if (before.isPresent()) {
                return before.get();
            }
            var reading = grammar.read(text, asked.settings());
            var judged = new Judged(verdict(reading, text), reading);
            cache.put(number, asked.settings(), text, judged);
            return judged;
        } catch (RuntimeException | StackOverflowError e) {
            var reading = new Reading.Unread("judging it failed");
            return new Judged(new Verdict.Block(UNREAD, "this statement could not be judged"), reading);
        }
    }

    private Verdict verdict(Reading reading, String text) {
        return switch (reading) {
            case Reading.Unread unread -> unread(unread, Optional.of(text));
            case Reading.Read(var statements) ->
                statements.stream()
                        .map(statement -> verdict(statement, statements.size(), text))
                        .reduce(GuardrailJudge::stricter)
                        .orElse(Verdict.ALLOW);
        };
    }

    /// A rule that looks at the text alone speaks of what is not understood, too.
    private Verdict unread(Reading reading, Optional<String> text) {
        var byText = text.stream()
                .flatMap(
                        it -> guardrails.rules().stream().filter(rule -> matching.holds(rule, Optional.empty(), 0, it)))
                .findFirst()
                .map(rule -> of(rule.action(), rule.name(), rule.message(), "", Optional.empty()))
                .orElse(Verdict.ALLOW);
        if (!guardrails.byGrammar()) {
            return byText;
        }
        var why = reading instanceof Reading.Unread(var reason) ? reason : "it is not understood";
        return stricter(
                byText,
                of(guardrails.unread(), UNREAD, "this statement is not understood: " + why, why, Optional.empty()));
    }

    private Verdict verdict(SqlStatement statement, int statements, String text) {
        var limit = Optional.<Verdict.RowLimit>empty();
        var passed = new HashSet<String>();
        for (var rule : guardrails.rules()) {
            if (passed.contains(rule.guardrail()) || !matching.holds(rule, Optional.of(statement), statements, text)) {
                continue;
            }
            var rows = rows(rule);
            if (rows.isPresent()) {
                limit = limit.filter(before -> before.rows() <= rows.get())
                        .or(() -> Optional.of(new Verdict.RowLimit(rule.name(), rule.message(), rows.get())));
                continue;
            }
            if (rule.action() == GuardrailAction.ALLOW && !rule.guardrail().equals(Guardrails.OWN)) {
                // a guardrail's exception is from that guardrail; the others are still asked
                passed.add(rule.guardrail());
                continue;
            }
            return of(rule.action(), rule.name(), rule.message(), Touches.of(statement), limit);
        }
        if (!statement.opaque().isEmpty() && guardrails.byGrammar()) {
            var why = String.join("; ", statement.opaque().stream().sorted().toList());
            return of(guardrails.unread(), UNREAD, "this statement is not understood: " + why, why, limit);
        }
        return new Verdict.Allow(limit);
    }

    private static Optional<Long> rows(GuardrailRule rule) {
        return rule.conditions().stream()
                .filter(GuardrailCondition.MoreRows.class::isInstance)
                .map(condition -> ((GuardrailCondition.MoreRows) condition).than())
                .findFirst();
    }

    private static Verdict of(
            GuardrailAction action, String rule, String message, String touches, Optional<Verdict.RowLimit> limit) {
        return switch (action) {
            case ALLOW -> new Verdict.Allow(limit);
            case WARN -> new Verdict.Warn(rule, message, limit);
            case HOLD -> new Verdict.Hold(rule, message, touches, limit);
            case BLOCK -> new Verdict.Block(rule, message);
        };
    }

    private static final List<Class<? extends Verdict>> MILDEST_FIRST =
            List.of(Verdict.Allow.class, Verdict.Warn.class, Verdict.Hold.class, Verdict.Block.class);

    /// The stricter of two, with the lower limit of rows.
    private static Verdict stricter(Verdict first, Verdict second) {
        boolean takesSecond = MILDEST_FIRST.indexOf(second.getClass()) > MILDEST_FIRST.indexOf(first.getClass());
        var strict = takesSecond ? second : first;
        var mild = takesSecond ? first : second;
        return limit(mild).map(limit -> limited(strict, limit)).orElse(strict);
    }

    private static Optional<Verdict.RowLimit> limit(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Allow(var limit) -> limit;
            case Verdict.Warn(var _, var _, var limit) -> limit;
            case Verdict.Hold(var _, var _, var _, var limit) -> limit;
            case Verdict.Block _ -> Optional.empty();
        };
    }

    private static Verdict limited(Verdict verdict, Verdict.RowLimit limit) {
        var lower = limit(verdict).filter(own -> own.rows() <= limit.rows()).orElse(limit);
        return switch (verdict) {
            case Verdict.Allow _ -> new Verdict.Allow(Optional.of(lower));
            case Verdict.Warn(var rule, var message, var _) -> new Verdict.Warn(rule, message, Optional.of(lower));
            case Verdict.Hold(var rule, var message, var touches, var _) ->
                new Verdict.Hold(rule, message, touches, Optional.of(lower));
            case Verdict.Block _ -> verdict;
        };
    }
}
