package dev.sallyport.inspect.mysql;

import dev.sallyport.inspect.database.Column;
import dev.sallyport.inspect.database.Masked;
import dev.sallyport.inspect.database.Masking;
import dev.sallyport.inspect.database.ResultMask;
import dev.sallyport.inspect.sql.ResultColumn;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A masking whose work can be seen: looks at the columns `m`, `m_…` and `mn_…`, gives each type a value of its
/// own, and hides the word `secret` in messages. The last become null.
final class Marks implements Masking {

    final List<Column> columns = new CopyOnWriteArrayList<>();
    final List<Optional<List<ResultColumn>>> origins = new CopyOnWriteArrayList<>();

    @Override
    public ResultMask of(List<Column> described, Optional<List<ResultColumn>> from) {
        columns.addAll(described);
        origins.add(from);
        var counts = new TreeMap<String, Long>();
        return new ResultMask() {
            @Override
            public boolean looksAt(int column) {
                return described.get(column).name().matches("m|mn?_.*");
            }

            @Override
            public Masked value(int column, byte[] bytes, int at, int to) {
                var one = described.get(column);
                if (one.name().startsWith("mn_")) {
                    counts.merge("null", 1L, Long::sum);
                    return Masked.NULL;
                }
                var text = new String(bytes, at, to - at, StandardCharsets.UTF_8);
                var instead = switch (one.type()) {
                    case TEXT -> "[" + text.length() + "é]";
                    case INTEGER -> "42";
                    case NUMBER -> "1.5";
                    case JSON -> "{\"hidden\": true}";
                    case BYTES -> "hidden";
                    case TIME ->
                        text.matches("-?\\d+:.*")
                                ? "11:22:33.000000"
                                : text.length() <= 10 ? "2001-02-03" : "2001-02-03 04:05:06";
                    case BOOLEAN, UUID, OTHER -> "";
                };
                if (text.contains("keep") || instead.isEmpty()) {
                    return Masked.SAME;
                }
                counts.merge("mark", 1L, Long::sum);
                return new Masked.Text(instead.getBytes(StandardCharsets.UTF_8));
            }

            @Override
            public Map<String, Long> counts() {
                return Map.copyOf(counts);
            }
        };
    }

    @Override
    public byte[] message(byte[] text) {
        var said = new String(text, StandardCharsets.UTF_8);
        return said.contains("secret") ? said.replace("secret", "hidden-word").getBytes(StandardCharsets.UTF_8) : text;
    }
}
