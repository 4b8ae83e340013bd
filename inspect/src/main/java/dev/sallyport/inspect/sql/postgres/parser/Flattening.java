package dev.sallyport.inspect.sql.postgres.parser;

import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.AnnotatedInstruction;
import com.dylibso.chicory.wasm.types.FunctionImport;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.OpCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Makes a [FlatFunction] of a function's body.
///
/// The operand stack is kept while translating, as registers: `local.get` and constants cost nothing, because the
/// instruction that takes them names the local or the constant itself. A local that is on the stack under its own name
/// is moved to the stack's slot before it is set, and before a block begins.
final class Flattening {

    /// Registers of constants while their place is not known, which is after all others.
    private static final int CONSTANT = 1 << 24;

    private static final int EMPTY_TYPE = 0x40;
    private static final int FIRST_VALUE_TYPE = 0x7c;
    private static final int LAST_VALUE_TYPE = 0x7f;

    /// A block that is open.
    private static final class Block {
        final int base;
        final boolean loop;
        final int values;
        final int start;
        final List<Integer> jumpsToEnd = new ArrayList<>();
        int jumpToElse = -1;

        Block(int base, boolean loop, int values, int start) {
            this.base = base;
            this.loop = loop;
            this.values = values;
            this.start = start;
        }
    }

    private final WasmModule module;
    private final FunctionType type;
    private final FunctionType[] types;
    private final int locals;

    private int[] code = new int[1024];
    private int length;
    private final Map<Long, Integer> constants = new LinkedHashMap<>();
    private final List<Integer> constantsAt = new ArrayList<>();
    private final List<Integer> stack = new ArrayList<>();
    private final List<Block> blocks = new ArrayList<>();
    private int slots;

    /// After a jump nothing is translated until the end of its block.
    private boolean dead;

    private int skipped;

    private Flattening(WasmModule module, FunctionType type, int locals) {
        this.module = module;
        this.type = type;
        this.locals = locals;
        this.types = new FunctionType[module.typeSection().typeCount()];
        for (int i = 0; i < types.length; i++) {
            types[i] = module.typeSection().getType(i);
        }
    }

    /// @throws IllegalArgumentException for an instruction that is not known here
    static FlatFunction of(WasmModule module, int function) {
        int index = function - module.importSection().importCount();
        var type = module.typeSection().getType(module.functionSection().getFunctionType(index));
        var body = module.codeSection().getFunctionBody(index);
        var flattening = new Flattening(
                module, type, type.params().size() + body.localTypes().size());
        flattening.blocks.add(new Block(0, false, type.returns().size(), 0));
        body.instructions().forEach(flattening::translate);
        return flattening.done();
    }

    private FlatFunction done() {
        if (!blocks.isEmpty()) {
            throw new IllegalArgumentException("a function that does not end");
        }
        int first = locals + slots;
        var flat = Arrays.copyOf(code, length);
        for (int at : constantsAt) {
            flat[at] = first + flat[at] - CONSTANT;
        }
        var values = new long[constants.size()];
        constants.forEach((value, index) -> values[index] = value);
        return new FlatFunction(
                flat, values, first + values.length, !type.returns().isEmpty(), types);
    }

    private void translate(AnnotatedInstruction instruction) {
        var operation = instruction.opcode();
        if (dead && skips(operation)) {
            return;
        }
        switch (operation) {
            case NOP -> {
                // nothing
            }
            case BLOCK, LOOP -> {
                settle();
                blocks.add(new Block(stack.size(), operation == OpCode.LOOP, values(instruction), length));
            }
            case IF -> {
                int condition = pop();
                settle();
                var block = new Block(stack.size(), false, values(instruction), length);
                emit(FlatCode.JUMP_UNLESS).register(condition);
                block.jumpToElse = length;
                emit(-1);
                blocks.add(block);
            }
            case ELSE -> {
                var block = blocks.getLast();
                if (!dead) {
                    carry(block);
                    emit(FlatCode.JUMP).jumpTo(block);
                }
                code[block.jumpToElse] = length;
                block.jumpToElse = -1;
                cut(block);
                dead = false;
            }
            case END -> end();
            case BR -> {
                var block = target(instruction.operand(0));
                carry(block);
                emit(FlatCode.JUMP).jumpTo(block);
                dead = true;
            }
            case BR_IF -> {
                int condition = pop();
                var block = target(instruction.operand(0));
                if (block.values > 0
                        && !block.loop
                        && (condition == locals + block.base || stack.size() != block.base + 1)) {
                    throw new IllegalArgumentException("a jump whose value's place is taken");
                }
                carry(block);
                emit(FlatCode.JUMP_IF).register(condition).jumpTo(block);
            }
            case BR_TABLE -> table(instruction);
            case RETURN -> {
                emit(FlatCode.RETURN);
                if (!type.returns().isEmpty()) {
                    register(stack.getLast());
                }
                dead = true;
            }
            case UNREACHABLE -> {
                emit(FlatCode.UNREACHABLE);
                dead = true;
            }
            case CALL -> {
                int function = (int) instruction.operand(0);
                var arguments = arguments(typeOf(function));
                emit(FlatCode.CALL, function, result(typeOf(function))).registers(arguments);
            }
            case CALL_INDIRECT -> {
                int index = (int) instruction.operand(0);
                int function = pop();
                var arguments = arguments(types[index]);
                emit(FlatCode.CALL_INDIRECT, index, result(types[index]))
                        .register(function)
                        .registers(arguments);
            }
            case DROP -> pop();
            case SELECT -> {
                int condition = pop();
                int otherwise = pop();
                int chosen = pop();
                emit(FlatCode.SELECT, push())
                        .register(chosen)
                        .register(otherwise)
                        .register(condition);
            }
            case LOCAL_GET -> stack.add((int) instruction.operand(0));
            case LOCAL_SET -> set((int) instruction.operand(0));
            case LOCAL_TEE -> {
                set((int) instruction.operand(0));
                stack.add((int) instruction.operand(0));
            }
            case GLOBAL_GET -> emit(FlatCode.GLOBAL_GET, push(), (int) instruction.operand(0));
            case GLOBAL_SET -> {
                int value = pop();
                emit(FlatCode.GLOBAL_SET, (int) instruction.operand(0)).register(value);
            }
            case I32_CONST, I64_CONST, F64_CONST -> constant(instruction.operand(0));
            case I32_EQZ -> unary(FlatCode.I32_EQZ);
            case I32_EXTEND_8_S -> unary(FlatCode.I32_EXTEND_8);
            case I32_EXTEND_16_S -> unary(FlatCode.I32_EXTEND_16);
            case I32_WRAP_I64 -> unary(FlatCode.I32_WRAP);
            case I64_EXTEND_I32_U -> unary(FlatCode.I64_EXTEND_U);
            case I64_CLZ -> unary(FlatCode.I64_CLZ);
            case I64_EQZ -> unary(FlatCode.I64_EQZ);
            case F64_CONVERT_I32_U -> unary(FlatCode.F64_OF_I32_U);
            case F64_CONVERT_I64_U -> unary(FlatCode.F64_OF_I64_U);
            case I32_TRUNC_SAT_F64_U -> unary(FlatCode.I32_OF_F64_U);
            case I32_ADD -> binary(FlatCode.I32_ADD);
            case I32_SUB -> binary(FlatCode.I32_SUB);
            case I32_MUL -> binary(FlatCode.I32_MUL);
            case I32_AND -> binary(FlatCode.I32_AND);
            case I32_OR -> binary(FlatCode.I32_OR);
            case I32_XOR -> binary(FlatCode.I32_XOR);
            case I32_SHL -> binary(FlatCode.I32_SHL);
            case I32_SHR_S -> binary(FlatCode.I32_SHR_S);
            case I32_EQ -> binary(FlatCode.I32_EQ);
            case I32_NE -> binary(FlatCode.I32_NE);
            case I32_LT_S -> binary(FlatCode.I32_LT_S);
            case I32_LT_U -> binary(FlatCode.I32_LT_U);
            case I32_GT_S -> binary(FlatCode.I32_GT_S);
            case I32_GT_U -> binary(FlatCode.I32_GT_U);
            case I32_LE_S -> binary(FlatCode.I32_LE_S);
            case I32_LE_U -> binary(FlatCode.I32_LE_U);
            case I32_GE_S -> binary(FlatCode.I32_GE_S);
            case I32_GE_U -> binary(FlatCode.I32_GE_U);
            case I64_AND -> binary(FlatCode.I64_AND);
            case I64_SHL -> binary(FlatCode.I64_SHL);
            case I64_SUB -> binary(FlatCode.I64_SUB);
            case I64_EQ -> binary(FlatCode.I64_EQ);
            case I64_NE -> binary(FlatCode.I64_NE);
            case I64_LT_U -> binary(FlatCode.I64_LT_U);
            case I64_GT_U -> binary(FlatCode.I64_GT_U);
            case I64_LE_U -> binary(FlatCode.I64_LE_U);
            case I64_GE_U -> binary(FlatCode.I64_GE_U);
            case F64_DIV -> binary(FlatCode.F64_DIV);
            case F64_MUL -> binary(FlatCode.F64_MUL);
            case F64_EQ -> binary(FlatCode.F64_EQ);
            case F64_GE -> binary(FlatCode.F64_GE);
            case I32_LOAD -> load(FlatCode.LOAD, instruction);
            case I32_LOAD8_S -> load(FlatCode.LOAD_8_S, instruction);
            case I32_LOAD8_U -> load(FlatCode.LOAD_8_U, instruction);
            case I32_LOAD16_S -> load(FlatCode.LOAD_16_S, instruction);
            case I32_LOAD16_U -> load(FlatCode.LOAD_16_U, instruction);
            case I64_LOAD, F64_LOAD -> load(FlatCode.LOAD_64, instruction);
            case I32_STORE -> store(FlatCode.STORE, instruction);
            case I32_STORE8 -> store(FlatCode.STORE_8, instruction);
            case I32_STORE16 -> store(FlatCode.STORE_16, instruction);
            case I64_STORE, F64_STORE -> store(FlatCode.STORE_64, instruction);
            case MEMORY_COPY -> {
                int count = pop();
                int from = pop();
                int to = pop();
                emit(FlatCode.COPY).register(to).register(from).register(count);
            }
            default -> throw new IllegalArgumentException("the instruction " + operation + " is not known here");
        }
    }

    /// Whether an instruction after a jump is none that its block goes on with.
    private boolean skips(OpCode operation) {
        switch (operation) {
            case BLOCK, LOOP, IF -> {
                skipped++;
                return true;
            }
            case END -> {
                if (skipped == 0) {
                    return false;
                }
                skipped--;
                return true;
            }
            default -> {
                return operation != OpCode.ELSE || skipped > 0;
            }
        }
    }

    private void end() {
        var block = blocks.removeLast();
        if (!dead) {
            carry(block);
        }
        boolean reached = !dead || !block.jumpsToEnd.isEmpty() || block.jumpToElse >= 0;
        block.jumpsToEnd.forEach(at -> code[at] = length);
        if (block.jumpToElse >= 0) {
            code[block.jumpToElse] = length;
        }
        cut(block);
        dead = !reached;
        if (block.values > 0) {
            push();
        }
        if (blocks.isEmpty()) {
            emit(FlatCode.RETURN);
            if (block.values > 0) {
                register(slot(0));
            }
        }
    }

    private void table(AnnotatedInstruction instruction) {
        int count = instruction.operandCount() - 1;
        int index = pop();
        emit(FlatCode.JUMP_TABLE).register(index).emit(count);
        for (int i = 0; i <= count; i++) {
            var block = target(instruction.operand(i));
            if (block.values > 0 && !block.loop) {
                throw new IllegalArgumentException("a table of jumps that carry a value");
            }
            jumpTo(block);
        }
        dead = true;
    }

    /// Puts the value that a block leaves behind into its place.
    private void carry(Block block) {
        if (block.values > 0 && !block.loop) {
            int value = stack.getLast();
            int place = slot(block.base);
            if (value != place) {
                emit(FlatCode.MOVE, place).register(value);
            }
        }
    }

    private void jumpTo(Block block) {
        if (block.loop) {
            emit(block.start);
        } else {
            block.jumpsToEnd.add(length);
            emit(-1);
        }
    }

    private void cut(Block block) {
        while (stack.size() > block.base) {
            stack.removeLast();
        }
    }

    private Block target(long depth) {
        return blocks.get(blocks.size() - 1 - (int) depth);
    }

    private static int values(AnnotatedInstruction instruction) {
        long type = instruction.operand(0);
        if (type == EMPTY_TYPE) {
            return 0;
        }
        if (type >= FIRST_VALUE_TYPE && type <= LAST_VALUE_TYPE) {
            return 1;
        }
        throw new IllegalArgumentException("a block with parameters or several values");
    }

    private FunctionType typeOf(int function) {
        int imports = module.importSection().importCount();
        return module.typeSection()
                .getType(
                        function < imports
                                ? ((FunctionImport) module.importSection().getImport(function)).typeIndex()
                                : module.functionSection().getFunctionType(function - imports));
    }

    private int[] arguments(FunctionType called) {
        var arguments = new int[called.params().size()];
        for (int i = arguments.length - 1; i >= 0; i--) {
            arguments[i] = pop();
        }
        return arguments;
    }

    private int result(FunctionType called) {
        return called.returns().isEmpty() ? -1 : push();
    }

    private void unary(int operation) {
        int value = pop();
        emit(operation, push()).register(value);
    }

    private void binary(int operation) {
        int right = pop();
        int left = pop();
        emit(operation, push()).register(left).register(right);
    }

    private void load(int operation, AnnotatedInstruction instruction) {
        int address = pop();
        emit(operation, push()).register(address).emit(offset(instruction));
    }

    private void store(int operation, AnnotatedInstruction instruction) {
        int value = pop();
        int address = pop();
        emit(operation).register(address).register(value).emit(offset(instruction));
    }

    private static int offset(AnnotatedInstruction instruction) {
        return Math.toIntExact(instruction.operand(1));
    }

    private void set(int local) {
        int value = pop();
        for (int i = 0; i < stack.size(); i++) {
            if (stack.get(i) == local) {
                settle(i);
            }
        }
        if (value != local) {
            emit(FlatCode.MOVE, local).register(value);
        }
    }

    private void settle() {
        for (int i = 0; i < stack.size(); i++) {
            if (stack.get(i) < locals) {
                settle(i);
            }
        }
    }

    private void settle(int height) {
        int slot = slot(height);
        emit(FlatCode.MOVE, slot).register(stack.get(height));
        stack.set(height, slot);
    }

    private void constant(long value) {
        var index = constants.get(value);
        if (index == null) {
            index = constants.size();
            constants.put(value, index);
        }
        stack.add(CONSTANT + index);
    }

    private int slot(int height) {
        slots = Math.max(slots, height + 1);
        return locals + height;
    }

    private int push() {
        int slot = slot(stack.size());
        stack.add(slot);
        return slot;
    }

    private int pop() {
        return stack.removeLast();
    }

    private Flattening emit(int... words) {
        if (code.length - length < words.length) {
            code = Arrays.copyOf(code, 2 * code.length);
        }
        for (int word : words) {
            code[length++] = word;
        }
        return this;
    }

    private Flattening register(int register) {
        if (register >= CONSTANT) {
            constantsAt.add(length);
        }
        return emit(register);
    }

    private Flattening registers(int... registers) {
        emit(registers.length);
        for (int register : registers) {
            register(register);
        }
        return this;
    }
}
