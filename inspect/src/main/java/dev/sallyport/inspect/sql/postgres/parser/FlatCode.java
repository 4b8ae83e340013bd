package dev.sallyport.inspect.sql.postgres.parser;

/// Instructions of a [FlatFunction]. Each is its number and then its operands, as the comments say: `r` is a register,
/// `n` a number, `p` a place in the code.
final class FlatCode {

    private FlatCode() {}

    // to r, from r
    static final int MOVE = 0;
    static final int I32_EQZ = 1;
    static final int I32_EXTEND_8 = 2;
    static final int I32_EXTEND_16 = 3;
    static final int I32_WRAP = 4;
    static final int I64_EXTEND_U = 5;
    static final int I64_CLZ = 6;
    static final int I64_EQZ = 7;
    static final int F64_OF_I32_U = 8;
    static final int F64_OF_I64_U = 9;
    static final int I32_OF_F64_U = 10;
    static final int LAST_UNARY = I32_OF_F64_U;

    // to r, from r, from r
    static final int I32_ADD = 11;
    static final int I32_SUB = 12;
    static final int I32_MUL = 13;
    static final int I32_AND = 14;
    static final int I32_OR = 15;
    static final int I32_XOR = 16;
    static final int I32_SHL = 17;
    static final int I32_SHR_S = 18;
    static final int I32_EQ = 19;
    static final int I32_NE = 20;
    static final int I32_LT_S = 21;
    static final int I32_LT_U = 22;
    static final int I32_GT_S = 23;
    static final int I32_GT_U = 24;
    static final int I32_LE_S = 25;
    static final int I32_LE_U = 26;
    static final int I32_GE_S = 27;
    static final int I32_GE_U = 28;
    static final int I64_AND = 29;
    static final int I64_SHL = 30;
    static final int I64_SUB = 31;
    static final int I64_EQ = 32;
    static final int I64_NE = 33;
    static final int I64_LT_U = 34;
    static final int I64_GT_U = 35;
    static final int I64_LE_U = 36;
    static final int I64_GE_U = 37;
    static final int F64_DIV = 38;
    static final int F64_MUL = 39;
    static final int F64_EQ = 40;
    static final int F64_GE = 41;
    static final int LAST_BINARY = F64_GE;

    // to r, address r, offset n
    static final int LOAD = 42;
    static final int LOAD_8_S = 43;
    static final int LOAD_8_U = 44;
    static final int LOAD_16_S = 45;
    static final int LOAD_16_U = 46;
    static final int LOAD_64 = 47;

    // address r, from r, offset n
    static final int STORE = 48;
    static final int STORE_8 = 49;
    static final int STORE_16 = 50;
    static final int STORE_64 = 51;

    /// to p
    static final int JUMP = 52;
    /// condition r, to p
    static final int JUMP_IF = 53;
    /// condition r, to p
    static final int JUMP_UNLESS = 54;
    /// index r, count n, then count + 1 of p; the last is for all others
    static final int JUMP_TABLE = 55;
    /// value r where the function has one
    static final int RETURN = 56;
    /// function n, result r or -1, count n, then count of r
    static final int CALL = 57;
    /// type n, result r or -1, index r, count n, then count of r
    static final int CALL_INDIRECT = 58;
    /// to r, global n
    static final int GLOBAL_GET = 59;
    /// global n, from r
    static final int GLOBAL_SET = 60;
    /// to r, if true r, if false r, condition r
    static final int SELECT = 61;
    /// to address r, from address r, count r
    static final int COPY = 62;
    static final int UNREACHABLE = 63;
}
