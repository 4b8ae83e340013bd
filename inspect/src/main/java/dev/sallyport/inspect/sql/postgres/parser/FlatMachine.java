package dev.sallyport.inspect.sql.postgres.parser;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import dev.sallyport.inspect.sql.postgres.wasm.ParserModule;
import java.util.LinkedHashMap;
import java.util.Map;

/// Runs the functions that were compiled, and the few that were too long for that as [FlatFunction]s.
final class FlatMachine implements Machine {

    /// As they stand in the build file, too.
    private static final int[] TOO_LONG = {36, 37, 140};

    private static final Map<Integer, FlatFunction> FLAT = flat();

    private final Instance instance;
    private final Machine compiled;

    FlatMachine(Instance instance) {
        this.instance = instance;
        this.compiled = ParserModule.create(instance);
    }

    private static Map<Integer, FlatFunction> flat() {
        var flat = new LinkedHashMap<Integer, FlatFunction>();
        for (int function : TOO_LONG) {
            flat.put(function, Flattening.of(ParserModule.load(), function));
        }
        return Map.copyOf(flat);
    }

    @Override
    public long[] call(int function, long[] arguments) {
        var flat = FLAT.get(function);
        return flat == null ? compiled.call(function, arguments) : flat.call(instance, arguments);
    }
}
