package dev.sallyport.inspect.masking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.id.MaskingRuleId;
import dev.sallyport.core.policy.DefaultMasking;
import dev.sallyport.core.policy.MaskingRule;
import dev.sallyport.core.policy.MaskingStrategy;
import dev.sallyport.core.policy.MaskingSubject;
import dev.sallyport.core.policy.Operation;
import dev.sallyport.core.secret.Secret;
import dev.sallyport.inspect.database.Column;
import dev.sallyport.inspect.database.Column.ValueType;
import dev.sallyport.inspect.database.Masked;
import dev.sallyport.inspect.database.Masking;
import dev.sallyport.inspect.sql.Act;
import dev.sallyport.inspect.sql.ColumnUse;
import dev.sallyport.inspect.sql.ResultColumn;
import dev.sallyport.inspect.sql.SqlName;
import dev.sallyport.inspect.sql.SqlStatement;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RuleMaskingTest {

    private static final Secret KEY = Secret.of(new byte[32]);
    private static final Masking DEFAULT =
            RuleMasking.of(DefaultMasking.rules(), KEY, "pg-demo", Map.of(), Set.of("staff"));

    private static MaskingRule rule(String strategy, String... subjects) {
        return new MaskingRule(
                new MaskingRuleId("msk_" + "0".repeat(26)),
                "a rule",
                Set.of(),
                Map.of(),
                Set.of(),
                Arrays.stream(subjects).map(MaskingSubject::of).toList(),
                MaskingStrategy.of(strategy));
    }

    private static Column column(String name, ValueType type) {
        return new Column(name, Optional.empty(), Optional.empty(), type);
    }

    private static String one(Masking masking, Column column, String value) {
        return one(masking, column, Optional.empty(), value);
    }

    private static String one(Masking masking, Column column, Optional<ResultColumn> origin, String value) {
        var mask = masking.of(List.of(column), origin.map(List::of));
        var bytes = ("<<" + value + ">>").getBytes(StandardCharsets.UTF_8);
        if (!mask.looksAt(0)) {
            return value;
        }
        return switch (mask.value(0, bytes, 2, bytes.length - 2)) {
            case Masked.Same() -> value;
            case Masked.Null() -> "NULL";
            case Masked.Text(byte[] text) -> new String(text, StandardCharsets.UTF_8);
        };
    }

    private static String text(Masking masking, String value) {
        return one(masking, column("note", ValueType.TEXT), value);
    }

    @Test
    void withoutARuleOfAnybodyCardsAndAddressesAreMaskedByValue() {
        assertThat(text(DEFAULT, "paid with 4111 1111 1111 1111 by bob@example.com"))
                .isEqualTo("paid with **** **** **** 1111 by [email]");
        assertThat(text(DEFAULT, "call +44 20 7946 0958 or (212) 555-0123")).isEqualTo("call [phone] or [phone]");
        assertThat(text(DEFAULT, "an order of 3 items for 12.50")).isEqualTo("an order of 3 items for 12.50");
        assertThat(one(DEFAULT, column("x", ValueType.INTEGER), "4111111111111111"))
                .isEqualTo("1111");
        assertThat(one(DEFAULT, column("x", ValueType.NUMBER), "4111111111111111.00"))
                .isEqualTo("NULL");
        assertThat(one(DEFAULT, column("x", ValueType.INTEGER), "42")).isEqualTo("42");
    }

    @Test
    void aTellingNameMasksTheWholeColumn() {
        assertThat(one(DEFAULT, column("customer_email", ValueType.TEXT), "nonsense"))
                .isEqualTo("[email]");
        assertThat(one(DEFAULT, column("passwordHash", ValueType.TEXT), "x")).isEqualTo("[password-hash]");
        assertThat(one(DEFAULT, column("email_verified", ValueType.TEXT), "yes"))
                .isEqualTo("yes");
        assertThat(one(DEFAULT, column("email", ValueType.BOOLEAN), "t")).isEqualTo("t");
    }

    @Test
    void aMaskedColumnIsMaskedThroughAnAliasAndAnExpression() {
        var masking = RuleMasking.ofAll(List.of(rule("redact", "column shop.customers.nick*")), KEY);
        var origin = new ResultColumn(
                "x",
                true,
                Set.of(new ColumnUse(
                        Optional.of(SqlName.of("Shop", "customers")), "nickname", ColumnUse.Where.RESULT)));
        assertThat(one(masking, column("x", ValueType.TEXT), Optional.of(origin), "bobby"))
                .isEqualTo("[a rule]");
        var row = new ResultColumn(
                "row_to_json",
                true,
                Set.of(new ColumnUse(Optional.of(SqlName.of("customers")), "*", ColumnUse.Where.RESULT)));
        assertThat(one(
                        masking,
                        column("row_to_json", ValueType.JSON),
                        Optional.of(row),
                        "{\"a\": [\"bobby\", 7, true]}"))
                .isEqualTo("{\"a\": [\"[a rule]\", null, null]}");
        var other = new ResultColumn(
                "x",
                true,
                Set.of(new ColumnUse(Optional.of(SqlName.of("orders")), "nickname", ColumnUse.Where.RESULT)));
        assertThat(one(masking, column("x", ValueType.TEXT), Optional.of(other), "bobby"))
                .isEqualTo("bobby");
        assertThat(one(masking, column("nickname", ValueType.TEXT), "bobby")).isEqualTo("[a rule]");
    }

    @Test
    void theWiresOriginCountsWhereTheNameIsAnother() {
        var aliased = new Column("x", Optional.of(SqlName.of("shop", "t")), Optional.of("ssn"), ValueType.TEXT);
        assertThat(one(DEFAULT, aliased, "anything")).isEqualTo("[us-ssn]");
    }

    @Test
    void theFirstRuleCountsAndMayShow() {
        var masking = RuleMasking.ofAll(
                List.of(rule("show", "column customers.email"), rule("redact", "class contact")), KEY);
        var shown = new Column("email", Optional.of(SqlName.of("customers")), Optional.of("email"), ValueType.TEXT);
        assertThat(one(masking, shown, "bob@example.com")).isEqualTo("bob@example.com");
        var other = new Column("email", Optional.of(SqlName.of("staff")), Optional.of("email"), ValueType.TEXT);
        assertThat(one(masking, other, "bob@example.com")).isEqualTo("[email]");
        // not known where it comes from: not shown
        assertThat(one(masking, column("email", ValueType.TEXT), "bob@example.com"))
                .isEqualTo("[email]");
    }

    @Test
    void aMaskedValueIsStillOfItsType() {
        var json = column("doc", ValueType.JSON);
        assertThat(one(DEFAULT, json, "{\"to\":\"bob@example.com\", \"n\":[1,4111111111111111], \"ssn\":\"x\"}"))
                .isEqualTo("{\"to\":\"[email]\", \"n\":[1,null], \"ssn\":\"[us-ssn]\"}");
        assertThat(one(DEFAULT, json, "{\"a\":\"bob\\u0040example.com\"}")).isEqualTo("{\"a\":\"[email]\"}");
        assertThat(one(DEFAULT, json, "{\"a\":")).isEqualTo("NULL");
        assertThat(one(DEFAULT, column("x", ValueType.OTHER), "{bob@example.com}"))
                .isEqualTo("NULL");
        assertThat(one(DEFAULT, column("x", ValueType.BYTES), "\\x626f62406578616d706c652e636f6d"))
                .isEqualTo("\\x5b656d61696c5d");
        var dates = RuleMasking.ofAll(List.of(rule("truncate 4", "type date-of-birth", "column token")), KEY);
        assertThat(one(dates, column("birth_date", ValueType.TIME), "1984-05-17"))
                .isEqualTo("1984-01-01");
        assertThat(one(dates, column("dob", ValueType.TIME), "1984-05-17 10:11:12+02"))
                .isEqualTo("1984-01-01 00:00:00+02");
        assertThat(one(dates, column("token", ValueType.UUID), "550e8400-e29b-41d4-a716-446655440000"))
                .isEqualTo("00000000-0000-0000-0000-000000000000");
    }

    @Test
    void hashesJoinAndTokensKeepTheShape() {
        var hash = RuleMasking.ofAll(List.of(rule("hash", "type payment-card")), KEY);
        assertThat(text(hash, "4111-1111-1111-1111"))
                .isEqualTo(text(hash, "4111 1111 1111 1111"))
                .matches("[0-9a-f]{16}");
        var invalid = text(
                RuleMasking.ofAll(List.of(rule("token invalid", "type payment-card")), KEY), "4111-1111-1111-1111");
        assertThat(invalid).matches("\\d{4}-\\d{4}-\\d{4}-\\d{4}").isNotEqualTo("4111-1111-1111-1111");
        var valid =
                text(RuleMasking.ofAll(List.of(rule("token valid", "type payment-card")), KEY), "4111-1111-1111-1111");
        assertThat(text(DEFAULT, valid)).startsWith("****");
        assertThat(text(DEFAULT, invalid)).isEqualTo(invalid);
    }

    @Test
    void aPatternOfAnAdminsIsMasked() {
        var masking = RuleMasking.ofAll(List.of(rule("redact", "pattern EMP-\\d+")), KEY);
        assertThat(text(masking, "by EMP-1234, EMP-9")).isEqualTo("by [a rule], [a rule]");
    }

    @Test
    void errorsAndNoticesAreMaskedByValueAndByTheColumnsTheyName() {
        assertThat(message("Key (email)=(bobby) already exists."))
                .isEqualTo("Key (email)=([withheld]) already exists.");
        assertThat(message("Failing row contains (1, Alice, 4).")).isEqualTo("Failing row contains ([withheld])");
        assertThat(message("invalid input: \"bob@example.com\"")).isEqualTo("invalid input: \"[email]\"");
        assertThat(message("Duplicate entry 'bobby' for key 'customers.email'"))
                .isEqualTo("Duplicate entry '[withheld]' for key 'customers.email'");
        var same = "syntax error at or near \"selct\"".getBytes(StandardCharsets.UTF_8);
        assertThat(DEFAULT.message(same)).isSameAs(same);
    }

    private static String message(String text) {
        return new String(DEFAULT.message(text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }

    @Test
    void aConditionOnAMaskedColumnIsNamed() {
        var masking = RuleMasking.ofAll(DefaultMasking.rules(), KEY);
        assertThat(masking.refusesConditions(statement("ssn", ColumnUse.Where.CONDITION)))
                .contains("customers.ssn");
        assertThat(masking.refusesConditions(statement("ssn", ColumnUse.Where.RESULT)))
                .isEmpty();
        assertThat(masking.refusesConditions(statement("id", ColumnUse.Where.CONDITION)))
                .isEmpty();
    }

    private static SqlStatement statement(String column, ColumnUse.Where where) {
        return new SqlStatement(
                0,
                1,
                List.of(Act.of(Operation.SELECT)),
                Set.of(),
                Set.of(new ColumnUse(Optional.of(SqlName.of("customers")), column, where)),
                Set.of(),
                false,
                false,
                Set.of(),
                List.of());
    }

    @Test
    void countsSayHowManyOfWhatAndNeverAValue() {
        var mask = DEFAULT.of(List.of(column("a", ValueType.TEXT), column("email", ValueType.TEXT)), Optional.empty());
        var bytes = "bob@example.com".getBytes(StandardCharsets.UTF_8);
        mask.value(0, bytes, 0, bytes.length);
        mask.value(1, bytes, 0, bytes.length);
        assertThat(mask.counts()).containsExactly(Map.entry("email", 2L));
    }

    @Test
    void columnsThatCanHoldNothingAreNotLookedAt() {
        var mask = DEFAULT.of(
                List.of(column("a", ValueType.BOOLEAN), column("b", ValueType.TIME), column("c", ValueType.TEXT)),
                Optional.empty());
        assertThat(List.of(mask.looksAt(0), mask.looksAt(1), mask.looksAt(2))).containsExactly(false, false, true);
        assertThat(RuleMasking.of(List.of(), KEY, "c", Map.of(), Set.of())).isSameAs(Masking.NONE);
    }
}
