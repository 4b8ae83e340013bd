package dev.sallyport.inspect.sql.postgres.parser;

import static org.assertj.core.api.Assertions.assertThat;

import com.dylibso.chicory.runtime.Instance;
import dev.sallyport.inspect.sql.Corpus;
import dev.sallyport.inspect.sql.postgres.PostgresGrammar;
import dev.sallyport.inspect.sql.postgres.wasm.ParserModule;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Functions that are run flat give what Chicory's own interpreter gives.
class FlatFunctionTest {

    @Test
    void eachTextOfTheCorpusHasTheSameTreeByChicorysInterpreter() {
        var flat = Surroundings.instance();
        var interpreted = Instance.builder(ParserModule.load())
                .withImportValues(Surroundings.imports())
                .withMachineFactory(ParserModule::create)
                .build();
        interpreted.export("A").apply();
        var texts = Stream.of("evasions.txt", "innocent.txt")
                .flatMap(file -> Corpus.read(PostgresGrammar.class, file).stream())
                .map(Corpus.Entry::text)
                .toList();
        assertThat(texts).hasSizeGreaterThan(600);
        for (var text : texts) {
            assertThat(parsed(flat, text)).as(text).isEqualTo(parsed(interpreted, text));
        }
    }

    @Test
    void aTreeIsAsLibpgQueryWritesIt() {
        assertThat(parsed(Surroundings.instance(), "select 1").getFirst())
                .startsWith("{\"version\":18")
                .contains(
                        "\"SelectStmt\":{\"targetList\":[{\"ResTarget\":{\"val\":{\"A_Const\":{\"ival\":{\"ival\":1}");
    }

    /// The tree and the error with its place, as they stand in the memory.
    private static List<String> parsed(Instance instance, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var memory = instance.memory();
        int query = (int) instance.export("C").apply(bytes.length + 1)[0];
        memory.write(query, bytes, 0, bytes.length);
        memory.writeByte(query + bytes.length, (byte) 0);
        int result = (int) instance.export("F").apply(query)[0];
        int tree = memory.readInt(result);
        int error = memory.readInt(result + 8);
        try {
            return error == 0
                    ? List.of(string(instance, tree))
                    : List.of(string(instance, memory.readInt(error)), "at " + memory.readInt(error + 16));
        } finally {
            instance.export("E").apply(query);
            instance.export("G").apply(result);
        }
    }

    private static String string(Instance instance, int at) {
        return instance.memory().readCString(at);
    }
}
