package dev.sallyport.inspect.sql.postgres.parser;

import com.dylibso.chicory.runtime.Instance;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.stream.JsonReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;

/// PostgreSQL's own parser, for many threads: as many instances as there are processors, four at most, each used by one
/// thread at a
/// time. An instance that broke or grew is thrown away.
public final class PostgresParser {

    /// Deepest tree that is taken, in levels of its JSON; some three to a level of SQL.
    private static final int DEEPEST = 3_000;

    /// Longest tree that is taken, in bytes.
    private static final int LONGEST_TREE = 64 << 20;

    /// An instance that has more memory than this is not kept, in pages of 64 KiB.
    private static final int KEPT_PAGES = 1_024;

    /// Most instances, each of [Surroundings#FIRST_PAGES] at least.
    private static final int MOST_INSTANCES = 4;

    // exports, by emscripten's short names (libpg-query.js, `assignWasmExports`)
    private static final String MALLOC = "C";
    private static final String FREE = "E";
    private static final String PARSE = "F";
    private static final String FREE_RESULT = "G";

    private final Semaphore turns;
    private final ConcurrentLinkedDeque<Instance> idle = new ConcurrentLinkedDeque<>();

    public PostgresParser() {
        this.turns = new Semaphore(Math.min(MOST_INSTANCES, Runtime.getRuntime().availableProcessors()), true);
    }

    /// PostgreSQL's version whose grammar this is, as `18`.
    public static int version() {
        return 18;
    }

    /// Parses any number of statements. Never throws for any text.
    public Parsed parse(String text) {
        if (text.indexOf('\0') >= 0) {
            return new Parsed.Refused("a text ends at its first NUL", text.indexOf('\0'));
        }
        turns.acquireUninterruptibly();
        try {
            var kept = idle.pollFirst();
            var instance = kept == null ? Surroundings.instance() : kept;
            var parsed = parse(instance, text);
            if (instance.memory().pages() <= KEPT_PAGES) {
                idle.addFirst(instance);
            }
            return parsed;
        } catch (RuntimeException | StackOverflowError e) {
            return new Parsed.Broken(String.valueOf(e.getMessage()));
        } finally {
            turns.release();
        }
    }

    private static Parsed parse(Instance instance, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var memory = instance.memory();
        int query = (int) instance.export(MALLOC).apply(bytes.length + 1)[0];
        if (query == 0) {
            throw new IllegalStateException("a text too long for its memory");
        }
        memory.write(query, bytes, 0, bytes.length);
        memory.writeByte(query + bytes.length, (byte) 0);
        // a PgQueryParseResult (pg_query.h): tree, standard error, error
        int result = (int) instance.export(PARSE).apply(query)[0];
        if (result == 0) {
            throw new IllegalStateException("no memory for a result");
        }
        int tree = memory.readInt(result);
        int error = memory.readInt(result + 8);
        try {
            // a PgQueryError: message, function, file, line, place from 1
            return error != 0
                    ? new Parsed.Refused(
                            string(instance, memory.readInt(error)), Math.max(0, memory.readInt(error + 16) - 1))
                    : tree(string(instance, tree));
        } finally {
            instance.export(FREE).apply(query);
            instance.export(FREE_RESULT).apply(result);
        }
    }

    private static Parsed tree(String json) {
        try {
            var reader = new JsonReader(new StringReader(json));
            reader.setNestingLimit(DEEPEST);
            return new Parsed.Tree(JsonParser.parseReader(reader).getAsJsonObject());
        } catch (JsonParseException e) {
            return new Parsed.Broken("a statement that is nested too deeply");
        }
    }

    private static String string(Instance instance, int at) {
        var memory = instance.memory();
        int end = at;
        while (memory.read(end) != 0) {
            end++;
            if (end - at > LONGEST_TREE) {
                throw new IllegalStateException("a tree that is too long");
            }
        }
        return new String(memory.readBytes(at, end - at), StandardCharsets.UTF_8);
    }
}
