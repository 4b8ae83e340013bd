package dev.sallyport.inspect.sql.postgres.parser;

import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.runtime.TrapException;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import com.dylibso.chicory.wasm.types.ValType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What the parser's module imports: `longjmp`, by which PostgreSQL leaves at an error, and more memory. Everything
/// else that emscripten gives to programs (files, clocks, exit) is refused or does nothing: the parser has no need.
///
/// The names are emscripten's short ones, as the module's own loader (`libpg-query.js`, `wasmImports`) assigns them.
final class Surroundings {

    /// Memory of an instance at its beginning, in pages of 64 KiB: its data and its stack, which end at 34,515,008
    /// bytes,
    /// and ordinary statements. The module asks for 128 MiB, which it does not need.
    static final int FIRST_PAGES = 640;

    /// Most memory of an instance, in pages of 64 KiB: a text of the longest kind takes about half of it.
    static final int MOST_PAGES = 4_096;

    private static final String MODULE = "a";
    private static final String STACK_RESTORE = "Q";
    private static final String STACK_POINTER = "R";
    private static final String SET_THREW = "P";

    private Surroundings() {}

    /// A `longjmp` on its way to the call that its `setjmp` is in.
    private static final class LongJump extends RuntimeException {
        private static final long serialVersionUID = 1;

        LongJump() {
            super("longjmp", null, false, false);
        }
    }

    static ImportValues imports() {
        return ImportValues.builder()
                .addFunction(
                        call("a", "iii"),
                        call("b", "ii"),
                        call("d", "iiii"),
                        call("e", "v"),
                        call("f", "vi"),
                        call("g", "i"),
                        call("h", "vii"),
                        call("i", "viiii"),
                        call("j", "viii"),
                        call("k", "iiiii"),
                        call("l", "li"),
                        call("n", "viiiiiiiiiiiii"),
                        call("y", "viiiii"),
                        new HostFunction(MODULE, "p", type("v"), (_, _) -> {
                            throw new LongJump();
                        }),
                        new HostFunction(
                                MODULE, "q", type("ii"), (instance, arguments) -> new long[] {
                                    grown(instance.memory(), Integer.toUnsignedLong((int) arguments[0])) ? 1 : 0
                                }),
                        refused("c", "viiii"),
                        refused("m", "vi"),
                        refused("v", "vi"),
                        refused("x", "v"),
                        refused("r", "iiiii"),
                        refused("s", "iilii"),
                        refused("u", "ii"),
                        refused("t", "iiiii"),
                        new HostFunction(MODULE, "o", type("iid"), (_, _) -> new long[] {0}),
                        new HostFunction(MODULE, "w", type("v"), (_, _) -> new long[0]))
                .build();
    }

    /// `invoke_…`: a call that a `longjmp` may end.
    private static HostFunction call(String name, String signature) {
        var called = type(signature);
        var parameters = new ArrayList<ValType>();
        parameters.add(ValType.I32);
        parameters.addAll(called.params());
        return new HostFunction(MODULE, name, FunctionType.of(parameters, called.returns()), (instance, arguments) -> {
            long stack = instance.export(STACK_POINTER).apply()[0];
            try {
                int function = instance.table(0).requiredRef((int) arguments[0]);
                return instance.getMachine().call(function, Arrays.copyOfRange(arguments, 1, arguments.length));
            } catch (LongJump e) {
                instance.export(STACK_RESTORE).apply(stack);
                instance.export(SET_THREW).apply(1, 0);
                return new long[called.returns().size()];
            }
        });
    }

    private static HostFunction refused(String name, String signature) {
        return new HostFunction(MODULE, name, type(signature), (_, _) -> {
            throw new TrapException("the parser called " + name);
        });
    }

    private static boolean grown(Memory memory, long bytes) {
        long pages = (bytes + Memory.PAGE_SIZE - 1) / Memory.PAGE_SIZE;
        return pages <= MOST_PAGES
                && (pages <= memory.pages() || memory.grow(Math.toIntExact(pages) - memory.pages()) >= 0);
    }

    /// The result first, as emscripten writes it: `v` none, `i` 32 bits, `l` 64 bits, `d` a double.
    private static FunctionType type(String signature) {
        var parameters = new ArrayList<ValType>();
        for (char letter : signature.substring(1).toCharArray()) {
            parameters.add(value(letter));
        }
        return FunctionType.of(
                parameters, signature.charAt(0) == 'v' ? List.of() : List.of(value(signature.charAt(0))));
    }

    private static ValType value(char letter) {
        return switch (letter) {
            case 'l' -> ValType.I64;
            case 'd' -> ValType.F64;
            default -> ValType.I32;
        };
    }

    static Instance instance() {
        var instance = Instance.builder(dev.sallyport.inspect.sql.postgres.wasm.ParserModule.load())
                .withImportValues(imports())
                .withMachineFactory(FlatMachine::new)
                .withMemoryLimits(new MemoryLimits(FIRST_PAGES, MOST_PAGES))
                .build();
        instance.export("A").apply();
        return instance;
    }
}
