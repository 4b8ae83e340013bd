package dev.sallyport.inspect.sql.postgres.parser;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.runtime.TrapException;
import com.dylibso.chicory.wasm.types.FunctionType;

/// A function of WebAssembly that is too long for a method of the JVM (64 KiB of bytecode), interpreted.
///
/// Chicory has an interpreter of its own, which enters each of some thousand nested blocks before each `switch` of a
/// function as Bison makes them. Here a function is three-address code over one array of registers (parameters and
/// locals, then the operand stack's slots, then constants), and a `switch` is one jump.
///
/// Semantics: WebAssembly Core Specification 2.0, section 4.4.
@SuppressWarnings({"IntLongMath", "NarrowCalculation"}) // 32 bits wrap around here, as they do there
final class FlatFunction {

    private static final long[] NOTHING = {};

    private final int[] code;
    private final long[] constants;
    private final int registers;
    private final boolean returns;
    private final FunctionType[] types;

    FlatFunction(int[] code, long[] constants, int registers, boolean returns, FunctionType[] types) {
        this.code = code;
        this.constants = constants;
        this.registers = registers;
        this.returns = returns;
        this.types = types;
    }

    long[] call(Instance instance, long[] arguments) {
        var r = new long[registers];
        System.arraycopy(arguments, 0, r, 0, arguments.length);
        System.arraycopy(constants, 0, r, registers - constants.length, constants.length);
        return run(instance, instance.memory(), r);
    }

    /// What comes often stands here; the compiler leaves a method of more than 8,000 bytes alone.
    private long[] run(Instance instance, Memory memory, long[] r) {
        var c = code;
        int p = 0;
        while (true) {
            switch (c[p]) {
                case FlatCode.MOVE -> {
                    r[c[p + 1]] = r[c[p + 2]];
                    p += 3;
                }
                case FlatCode.I32_EQZ -> {
                    r[c[p + 1]] = (int) r[c[p + 2]] == 0 ? 1 : 0;
                    p += 3;
                }
                case FlatCode.I32_ADD -> {
                    r[c[p + 1]] = (int) r[c[p + 2]] + (int) r[c[p + 3]];
                    p += 4;
                }
                case FlatCode.I32_SUB -> {
                    r[c[p + 1]] = (int) r[c[p + 2]] - (int) r[c[p + 3]];
                    p += 4;
                }
                case FlatCode.I32_AND -> {
                    r[c[p + 1]] = (int) r[c[p + 2]] & (int) r[c[p + 3]];
                    p += 4;
                }
                case FlatCode.I32_SHL -> {
                    r[c[p + 1]] = (int) r[c[p + 2]] << (int) r[c[p + 3]];
                    p += 4;
                }
                case FlatCode.I32_EQ -> {
                    r[c[p + 1]] = (int) r[c[p + 2]] == (int) r[c[p + 3]] ? 1 : 0;
                    p += 4;
                }
                case FlatCode.I32_NE -> {
                    r[c[p + 1]] = (int) r[c[p + 2]] != (int) r[c[p + 3]] ? 1 : 0;
                    p += 4;
                }
                case FlatCode.I32_LE_S -> {
                    r[c[p + 1]] = (int) r[c[p + 2]] <= (int) r[c[p + 3]] ? 1 : 0;
                    p += 4;
                }
                case FlatCode.LOAD -> {
                    r[c[p + 1]] = memory.readInt(address(r[c[p + 2]], c[p + 3]));
                    p += 4;
                }
                case FlatCode.LOAD_8_S -> {
                    r[c[p + 1]] = memory.read(address(r[c[p + 2]], c[p + 3]));
                    p += 4;
                }
                case FlatCode.LOAD_8_U -> {
                    r[c[p + 1]] = memory.read(address(r[c[p + 2]], c[p + 3])) & 0xff;
                    p += 4;
                }
                case FlatCode.LOAD_16_S -> {
                    r[c[p + 1]] = memory.readShort(address(r[c[p + 2]], c[p + 3]));
                    p += 4;
                }
                case FlatCode.LOAD_16_U -> {
                    r[c[p + 1]] = memory.readShort(address(r[c[p + 2]], c[p + 3])) & 0xffff;
                    p += 4;
                }
                case FlatCode.LOAD_64 -> {
                    r[c[p + 1]] = memory.readLong(address(r[c[p + 2]], c[p + 3]));
                    p += 4;
                }
                case FlatCode.STORE -> {
                    memory.writeI32(address(r[c[p + 1]], c[p + 3]), (int) r[c[p + 2]]);
                    p += 4;
                }
                case FlatCode.STORE_8 -> {
                    memory.writeByte(address(r[c[p + 1]], c[p + 3]), (byte) r[c[p + 2]]);
                    p += 4;
                }
                case FlatCode.STORE_16 -> {
                    memory.writeShort(address(r[c[p + 1]], c[p + 3]), (short) r[c[p + 2]]);
                    p += 4;
                }
                case FlatCode.STORE_64 -> {
                    memory.writeLong(address(r[c[p + 1]], c[p + 3]), r[c[p + 2]]);
                    p += 4;
                }
                case FlatCode.JUMP -> p = c[p + 1];
                case FlatCode.JUMP_IF -> p = (int) r[c[p + 1]] != 0 ? c[p + 2] : p + 3;
                case FlatCode.JUMP_UNLESS -> p = (int) r[c[p + 1]] == 0 ? c[p + 2] : p + 3;
                case FlatCode.JUMP_TABLE -> {
                    int count = c[p + 2];
                    int index = (int) r[c[p + 1]];
                    p = c[p + 3 + (index >= 0 && index < count ? index : count)];
                }
                case FlatCode.RETURN -> {
                    return returns ? new long[] {r[c[p + 1]]} : NOTHING;
                }
                case FlatCode.CALL -> p = call(instance, r, p);
                case FlatCode.CALL_INDIRECT -> p = callIndirect(instance, r, p);
                case FlatCode.GLOBAL_GET -> {
                    r[c[p + 1]] = instance.global(c[p + 2]).getValue();
                    p += 3;
                }
                case FlatCode.GLOBAL_SET -> {
                    instance.global(c[p + 1]).setValue(r[c[p + 2]]);
                    p += 3;
                }
                case FlatCode.SELECT -> {
                    r[c[p + 1]] = (int) r[c[p + 4]] != 0 ? r[c[p + 2]] : r[c[p + 3]];
                    p += 5;
                }
                case FlatCode.COPY -> {
                    memory.copy((int) r[c[p + 1]], (int) r[c[p + 2]], (int) r[c[p + 3]]);
                    p += 4;
                }
                case FlatCode.UNREACHABLE -> throw new TrapException("unreachable");
                default -> {
                    if (c[p] <= FlatCode.LAST_UNARY) {
                        r[c[p + 1]] = unary(c[p], r[c[p + 2]]);
                        p += 3;
                    } else {
                        r[c[p + 1]] = binary(c[p], r[c[p + 2]], r[c[p + 3]]);
                        p += 4;
                    }
                }
            }
        }
    }

    /// Memory ends far below 2 GiB, so that an address with its sign bit is outside.
    private static int address(long base, int offset) {
        int from = (int) base;
        int at = from + offset;
        if ((from | at) < 0) {
            throw new TrapException("out of bounds memory access");
        }
        return at;
    }

    private int call(Instance instance, long[] r, int p) {
        int count = code[p + 3];
        var back = instance.getMachine().call(code[p + 1], arguments(r, p + 4, count));
        if (code[p + 2] >= 0) {
            r[code[p + 2]] = back[0];
        }
        return p + 4 + count;
    }

    private int callIndirect(Instance instance, long[] r, int p) {
        int count = code[p + 4];
        int function = instance.table(0).requiredRef((int) r[code[p + 3]]);
        if (!instance.type(instance.functionType(function)).equals(types[code[p + 1]])) {
            throw new TrapException("indirect call type mismatch");
        }
        var back = instance.getMachine().call(function, arguments(r, p + 5, count));
        if (code[p + 2] >= 0) {
            r[code[p + 2]] = back[0];
        }
        return p + 5 + count;
    }

    private long[] arguments(long[] r, int from, int count) {
        var arguments = new long[count];
        for (int i = 0; i < count; i++) {
            arguments[i] = r[code[from + i]];
        }
        return arguments;
    }

    private static long unary(int operation, long a) {
        return switch (operation) {
            case FlatCode.I32_EXTEND_8 -> (byte) a;
            case FlatCode.I32_EXTEND_16 -> (short) a;
            case FlatCode.I32_WRAP -> (int) a;
            case FlatCode.I64_EXTEND_U -> a & 0xffff_ffffL;
            case FlatCode.I64_CLZ -> Long.numberOfLeadingZeros(a);
            case FlatCode.I64_EQZ -> a == 0 ? 1 : 0;
            case FlatCode.F64_OF_I32_U -> Double.doubleToRawLongBits((double) (a & 0xffff_ffffL));
            case FlatCode.F64_OF_I64_U -> Double.doubleToRawLongBits(unsigned(a));
            case FlatCode.I32_OF_F64_U -> {
                double value = Double.longBitsToDouble(a);
                yield value >= 0xffff_ffffL ? -1 : value > 0 ? (int) (long) value : 0;
            }
            default -> throw new TrapException("unknown instruction");
        };
    }

    /// The low bit stays in the half, so that rounding is right.
    private static double unsigned(long value) {
        return value >= 0 ? (double) value : 2 * (double) ((value >>> 1) | (value & 1));
    }

    private static long binary(int operation, long a, long b) {
        int left = (int) a;
        int right = (int) b;
        return switch (operation) {
            case FlatCode.I32_MUL -> left * right;
            case FlatCode.I32_OR -> left | right;
            case FlatCode.I32_XOR -> left ^ right;
            case FlatCode.I32_SHR_S -> left >> right;
            case FlatCode.I32_LT_S -> truth(left < right);
            case FlatCode.I32_LT_U -> truth(Integer.compareUnsigned(left, right) < 0);
            case FlatCode.I32_GT_S -> truth(left > right);
            case FlatCode.I32_GT_U -> truth(Integer.compareUnsigned(left, right) > 0);
            case FlatCode.I32_LE_U -> truth(Integer.compareUnsigned(left, right) <= 0);
            case FlatCode.I32_GE_S -> truth(left >= right);
            case FlatCode.I32_GE_U -> truth(Integer.compareUnsigned(left, right) >= 0);
            case FlatCode.I64_AND -> a & b;
            case FlatCode.I64_SHL -> a << b;
            case FlatCode.I64_SUB -> a - b;
            case FlatCode.I64_EQ -> truth(a == b);
            case FlatCode.I64_NE -> truth(a != b);
            case FlatCode.I64_LT_U -> truth(Long.compareUnsigned(a, b) < 0);
            case FlatCode.I64_GT_U -> truth(Long.compareUnsigned(a, b) > 0);
            case FlatCode.I64_LE_U -> truth(Long.compareUnsigned(a, b) <= 0);
            case FlatCode.I64_GE_U -> truth(Long.compareUnsigned(a, b) >= 0);
            case FlatCode.F64_DIV ->
                Double.doubleToRawLongBits(Double.longBitsToDouble(a) / Double.longBitsToDouble(b));
            case FlatCode.F64_MUL ->
                Double.doubleToRawLongBits(Double.longBitsToDouble(a) * Double.longBitsToDouble(b));
            case FlatCode.F64_EQ -> truth(Double.longBitsToDouble(a) == Double.longBitsToDouble(b));
            case FlatCode.F64_GE -> truth(Double.longBitsToDouble(a) >= Double.longBitsToDouble(b));
            default -> throw new TrapException("unknown instruction");
        };
    }

    private static long truth(boolean value) {
        return value ? 1 : 0;
    }
}
