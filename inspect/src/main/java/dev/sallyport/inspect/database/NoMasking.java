package dev.sallyport.inspect.database;

import dev.sallyport.inspect.sql.ResultColumn;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Passes every value as it is.
final class NoMasking implements Masking {

    private static final ResultMask RESULT = new ResultMask() {
        @Override
        public boolean looksAt(int column) {
            return false;
        }

        @Override
        public Masked value(int column, byte[] bytes, int from, int to) {
            return Masked.SAME;
        }

        @Override
        public Map<String, Long> counts() {
            return Map.of();
        }
    };

    @Override
    public ResultMask of(List<Column> columns, Optional<List<ResultColumn>> origins) {
        return RESULT;
    }

    @Override
    public byte[] message(byte[] text) {
        return text;
    }
}
