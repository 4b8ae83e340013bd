package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TablesTest {

    private final MutableClock clock = new MutableClock(Instant.parse("2026-11-22T10:00:00Z"));

    @Test
    void preparingTwiceIsAsOnce() {
        var tables = LocalDynamo.unprepared(clock);

        tables.prepare();
        tables.prepare();
        tables.check();

        assertThat(tables.get(Table.CONFIG, "SCHEMA", "SCHEMA").orElseThrow().number("schema"))
                .isEqualTo(Tables.SCHEMA);
    }

    @Test
    void aStoreThatANewerProgramWroteIsRefused() {
        var tables = LocalDynamo.tables(clock);
        tables.put(Table.CONFIG, Directory.schema().number("schema", Tables.SCHEMA + 1), Condition.none());

        assertThatThrownBy(tables::prepare)
                .isInstanceOf(StoreTooNew.class)
                .hasMessage("The store has version 2, and this program knows versions up to 1: start a newer program.");
        assertThatThrownBy(tables::check).isInstanceOf(StoreTooNew.class);
    }

    @Test
    void aStoreThatDoesNotAnswerIsUnavailable() {
        try (var tables = Tables.local(URI.create("http://127.0.0.1:1"), "", Clock.systemUTC())) {
            assertThatThrownBy(tables::check)
                    .isInstanceOf(StoreUnavailable.class)
                    .hasMessageContaining("could not read SCHEMA");
        }
    }

    @Test
    void anItemThatRanOutIsNotSeenByAnyRead() {
        var tables = LocalDynamo.tables(clock);
        tables.put(
                Table.LIVE,
                Item.of("p", "s").expires(Optional.of(clock.instant().plusSeconds(10))),
                Condition.none());
        assertThat(tables.get(Table.LIVE, "p", "s")).isPresent();

        clock.advance(java.time.Duration.ofSeconds(10));

        assertThat(tables.get(Table.LIVE, "p", "s")).isEmpty();
        assertThat(tables.list(Table.LIVE, "p", "")).isEmpty();
        assertThat(tables.getAll(Table.LIVE, java.util.List.of(Item.of("p", "s"))))
                .isEmpty();
        assertThat(tables.page(Table.LIVE, "p", "", Optional.empty(), false, 10).items())
                .isEmpty();
        assertThat(tables.between(Table.LIVE, "p", "a", "z", true, 10)).isEmpty();
    }

    @Test
    void aBatchOfMoreKeysThanOneCallTakesIsReadWhole() {
        var tables = LocalDynamo.tables(clock);
        var keys = new ArrayList<Item>();
        for (int i = 0; i < 250; i++) {
            var key = Item.of("p" + i, "s");
            keys.add(key);
            if (i % 2 == 0) {
                tables.put(Table.LIVE, key, Condition.none());
            }
        }

        assertThat(tables.getAll(Table.LIVE, keys)).hasSize(125);
    }

    @Test
    void pagesFollowOneAnother() {
        var tables = LocalDynamo.tables(clock);
        for (int i = 0; i < 7; i++) {
            tables.put(Table.LIVE, Item.of("p", "a" + i), Condition.none());
        }
        tables.put(Table.LIVE, Item.of("p", "b"), Condition.none());

        var sorts = new ArrayList<String>();
        Optional<String> after = Optional.empty();
        do {
            var page = tables.page(Table.LIVE, "p", "a", after, false, 3);
            page.items().forEach(item -> sorts.add(item.sort()));
            after = page.cursor();
        } while (after.isPresent());

        assertThat(sorts).containsExactly("a0", "a1", "a2", "a3", "a4", "a5", "a6");
    }
}
