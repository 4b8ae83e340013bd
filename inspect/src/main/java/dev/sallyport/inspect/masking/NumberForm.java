package dev.sallyport.inspect.masking;

import dev.sallyport.core.policy.EntityType;

/// One way to write a number of a type.
///
/// @param shape lengths of its groups of digits with what stands between them: `3-2-4`, `4 4 4 4`, `16`
/// @param context whether it counts only with a telling word before it ([ContextWords])
/// @param check what its digits must fulfil
record NumberForm(EntityType type, String shape, boolean context, Check check) {

    /// Whether `n` digits (values 0 to 9) can be such a number.
    interface Check {
        boolean valid(byte[] digits, int n);
    }

    /// Most digits of a number.
    static final int LONGEST = 24;
}
