package dev.sallyport.inspect.mysql;

import dev.sallyport.core.policy.Operation;
import dev.sallyport.inspect.mysql.Result.Definition;
import dev.sallyport.inspect.sql.Act;
import dev.sallyport.inspect.sql.Reading;
import dev.sallyport.inspect.sql.ResultColumn;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What the server answers to one command, packet by packet, and what of it the client is sent.
///
/// The same first byte means different things in different places, so the place is kept exactly: what does not
/// belong there is [Malformed], and ends the session.
final class Answer {

    /// Most bytes of descriptions of columns that are kept for one result.
    private static final int MOST_DESCRIBED = 4 * 1024 * 1024;

    /// What was asked.
    enum Kind {
        /// A text; rows come in text form.
        QUERY,
        /// A prepared statement; rows come in binary form.
        EXECUTE,
        /// More rows of it.
        FETCH,
        PREPARE,
        FIELDS,
        /// One line of words.
        STATISTICS,
        /// Anything that goes well or does not.
        PLAIN
    }

    private enum Stage {
        FIRST,
        COLUMNS,
        COLUMNS_END,
        ROWS,
        PARAMETERS,
        PARAMETERS_END,
        PREPARED_COLUMNS,
        PREPARED_COLUMNS_END,
        FIELDS,
        /// The client sends a file, and then the server says how it went.
        FILE,
        DONE
    }

    private final Kind kind;
    private final Terms terms;
    private final Reading reading;
    private final Tally tally;
    private final Outgoing out;

    private Stage stage = Stage.FIRST;

    /// The client is not sent any of it.
    private boolean hidden;

    /// Its last packet is kept back, for whoever asked to look at first.
    private boolean held;

    /// The client was told that it failed: nothing more is sent.
    private boolean muted;

    /// The statement that may read a file of the client's; empty: none may.
    private Optional<byte[]> reads = Optional.empty();

    private int left;
    private int described;
    private int preparedColumns;
    private int prepared;
    private int statement;
    private List<Definition> columns = new ArrayList<>();
    private Optional<Result> result = Optional.empty();
    private Optional<Ok> ok = Optional.empty();
    private Optional<Refusal> failure = Optional.empty();
    private List<Optional<String>> row = List.of();

    Answer(Kind kind, Terms terms, Reading reading, Tally tally) {
        this.kind = kind;
        this.terms = terms;
        this.reading = reading;
        this.tally = tally;
        this.out = terms.toClient();
    }

    /// An answer to a command of ours.
    static Answer hidden(Kind kind, Terms terms) {
        var answer = new Answer(kind, terms, new Reading.Unread("ours"), new Tally(0));
        answer.hidden = true;
        return answer;
    }

    /// More rows, under the mask of the first ones.
    static Answer fetch(Terms terms, Prepared.Open open) {
        var answer = new Answer(Kind.FETCH, terms, new Reading.Unread("a cursor"), open.tally());
        answer.result = open.result();
        answer.stage = Stage.ROWS;
        return answer;
    }

    Answer held() {
        held = true;
        return this;
    }

    /// It may have a file of the client's that the statement names.
    Answer mayReadFile(byte[] text) {
        reads = Optional.of(text);
        return this;
    }

    // ---- how it went

    boolean done() {
        return stage == Stage.DONE;
    }

    Kind kind() {
        return kind;
    }

    Tally tally() {
        return tally;
    }

    Optional<Result> result() {
        return result;
    }

    /// How it went wrong, if it did.
    Optional<Refusal> failure() {
        return failure;
    }

    /// Its last word, if it went well.
    Optional<Ok> ok() {
        return ok;
    }

    /// Number of what was prepared.
    int prepared() {
        return prepared;
    }

    /// The first row that an answer to us had.
    List<Optional<String>> row() {
        return row;
    }

    boolean hasCursor() {
        return ok.filter(last ->
                        (last.status() & Status.CURSOR_EXISTS) != 0 && (last.status() & Status.LAST_ROW_SENT) == 0)
                .isPresent();
    }

    /// Whether the server waits for a file now.
    boolean awaitsFile() {
        return stage == Stage.FILE;
    }

    /// Whether the file is not sent.
    boolean muted() {
        return muted;
    }

    // ---- packets

    /// Whether a packet is one of a row that nobody looks at, and need not be all there.
    ///
    /// @param first byte of its payload, -1 for none
    boolean streams(int first, int length) throws Malformed {
        if (stage != Stage.ROWS || endsRows(first, length)) {
            return false;
        }
        if (kind != Kind.QUERY && first != 0) {
            throw new Malformed("a row that is none");
        }
        if (muted) {
            return true;
        }
        if (hidden) {
            return false;
        }
        if (terms.masks() && result.isEmpty()) {
            throw new Malformed("rows whose columns were not described");
        }
        return !result.map(Result::looks).orElse(false);
    }

    private static boolean endsRows(int first, int length) {
        // a row whose first value is that long fills its packet
        return first == 0xff || (first == 0xfe && length < Packet.LONGEST);
    }

    /// A row passes: its head.
    void rowPasses(byte[] bytes, int at) {
        if (!muted) {
            tally.row(Packet.length(bytes, at));
            out.head(bytes, at);
        }
    }

    /// A row that passes goes on in another packet.
    void rowGoesOn(byte[] bytes, int at) {
        if (!muted) {
            tally.more(Packet.length(bytes, at));
            out.head(bytes, at);
        }
    }

    void rowBytes(byte[] bytes, int from, int to) {
        if (!muted) {
            out.rest(bytes, from, to);
        }
    }

    /// A row has to be looked at and is too long for that: the client is told so, and sent no more.
    void tooLong() throws Malformed {
        if (stage != Stage.ROWS || hidden) {
            throw new Malformed("a packet that is too long for what it is");
        }
        mute(Refusal.tooLong("a row that has to be masked is longer than 16 MiB: select less of it"));
    }

    private void mute(Refusal refusal) {
        failure = Optional.of(refusal);
        tally.failed(refusal.state());
        muted = true;
        if (!held) {
            refusal.write(out);
        }
    }

    /// Takes a whole packet, with its head.
    void take(byte[] bytes, int at, int end) throws Malformed {
        int first = Packet.first(bytes, at);
        var body = new Body(bytes, at + Packet.HEAD, end);
        if (first == 0xff) {
            body.skip(1);
            failed(body);
            return;
        }
        switch (stage) {
            case FIRST -> first(first, body, bytes, at, end);
            case FILE -> ends(first, body, bytes, at, end);
            case COLUMNS -> column(body, bytes, at, end);
            case COLUMNS_END -> columnsEnd(first, body, bytes, at, end);
            case ROWS -> row(first, body, bytes, at, end);
            case PARAMETERS, PREPARED_COLUMNS -> {
                pass(bytes, at, end);
                left--;
                prepares();
            }
            case PARAMETERS_END, PREPARED_COLUMNS_END -> {
                var _ = eof(first, body);
                if (!terms.deprecatesForClientOnly()) {
                    pass(bytes, at, end);
                }
                prepares();
            }
            case FIELDS -> field(first, body, bytes, at, end);
            case DONE -> throw new Malformed("an answer to nothing that was asked");
        }
    }

    private void pass(byte[] bytes, int at, int end) {
        if (!hidden && !muted) {
            out.packet(bytes, at, end);
        }
    }

    private void first(int first, Body body, byte[] bytes, int at, int end) throws Malformed {
        switch (kind) {
            case PLAIN -> ends(first, body, bytes, at, end);
            case STATISTICS -> {
                pass(bytes, at, end);
                stage = Stage.DONE;
            }
            case PREPARE -> prepareBegins(first, body, bytes, at, end);
            case FIELDS -> {
                stage = Stage.FIELDS;
                field(first, body, bytes, at, end);
            }
            case FETCH -> throw new IllegalStateException("begins with rows");
            case QUERY, EXECUTE -> {
                switch (first) {
                    case 0 -> ends(first, body, bytes, at, end);
                    case 0xfb -> file(bytes, at, end);
                    default -> {
                        long count = body.number();
                        if (count < 1 || count > Result.MOST_COLUMNS || body.left() != 0) {
                            throw new Malformed("a result with columns that there cannot be");
                        }
                        if (held) {
                            mute(Refusal.never("rows that a statement returns cannot be taken back, so it was undone"));
                        }
                        pass(bytes, at, end);
                        left = (int) count;
                        described = 0;
                        columns = new ArrayList<>();
                        result = Optional.empty();
                        stage = Stage.COLUMNS;
                    }
                }
            }
        }
    }

    /// The server asks for a file of the client's ("LOCAL INFILE Request").
    private void file(byte[] bytes, int at, int end) throws Malformed {
        if (kind != Kind.QUERY || hidden || muted || !terms.serverHas(Capabilities.LOCAL_FILES)) {
            throw new Malformed("a file of the client's is asked for, which nobody offered");
        }
        stage = Stage.FILE;
        if (reads.isPresent() && names(reads.get(), Arrays.copyOfRange(bytes, at + Packet.HEAD + 1, end))) {
            pass(bytes, at, end);
        } else {
            mute(new Refusal(1148, Refusal.NOT_ALLOWED, "no file of yours is read for a statement that loads none"));
        }
    }

    /// Whether a file is named in a text: a server that is hostile would ask for another. Backslashes count for
    /// nothing, since the text escapes with them.
    private static boolean names(byte[] text, byte[] file) {
        var name = new String(file, StandardCharsets.ISO_8859_1).replace("\\", "");
        return !name.isEmpty()
                && new String(text, StandardCharsets.ISO_8859_1)
                        .replace("\\", "")
                        .contains(name);
    }

    private void column(Body body, byte[] bytes, int at, int end) throws Malformed {
        if (terms.masks() && !hidden && !muted) {
            described += end - at;
            if (described > MOST_DESCRIBED) {
                throw new Malformed("columns whose descriptions are too long");
            }
            columns.add(Definition.read(
                    body, terms.session().messages(), terms.session().results()));
        }
        pass(bytes, at, end);
        left--;
        if (left == 0) {
            if (terms.masks() && !hidden && !muted) {
                result = Optional.of(Result.of(columns, terms.masking(), origins()));
                columns = new ArrayList<>();
            }
            stage = terms.serverHas(Capabilities.DEPRECATE_EOF) ? Stage.ROWS : Stage.COLUMNS_END;
        }
    }

    /// Where the columns of the result that comes now are from: known as long as each statement has one result.
    private Optional<List<ResultColumn>> origins() {
        if (!(reading instanceof Reading.Read(var statements)) || statement >= statements.size()) {
            return Optional.empty();
        }
        boolean one = statements.stream()
                .allMatch(each -> each.opaque().isEmpty()
                        && each.acts().stream().map(Act::operation).noneMatch(Operation.CALL::equals));
        return one
                ? Optional.of(statements.get(statement).results()).filter(list -> !list.isEmpty())
                : Optional.empty();
    }

    private Ok eof(int first, Body body) throws Malformed {
        if (first != 0xfe) {
            throw new Malformed("no end where one belongs");
        }
        body.skip(1);
        var end = Ok.readEof(body);
        terms.session().status(end.status());
        return end;
    }

    private void columnsEnd(int first, Body body, byte[] bytes, int at, int end) throws Malformed {
        var last = eof(first, body);
        if (kind == Kind.EXECUTE && (last.status() & Status.CURSOR_EXISTS) != 0) {
            // the rows are fetched later
            finish(last, 0xfe, bytes, at, end);
            return;
        }
        if (!terms.deprecatesForClientOnly()) {
            pass(bytes, at, end);
        }
        stage = Stage.ROWS;
    }

    private void row(int first, Body body, byte[] bytes, int at, int end) throws Malformed {
        if (endsRows(first, end - at - Packet.HEAD)) {
            ends(first, body, bytes, at, end);
            return;
        }
        if (hidden) {
            if (row.isEmpty()) {
                row = texts(body);
            }
            return;
        }
        var masks = result.orElseThrow();
        int length = kind == Kind.QUERY ? masks.text(bytes, at, end, out) : masks.binary(bytes, at, end, out);
        tally.row(length);
    }

    private static List<Optional<String>> texts(Body body) throws Malformed {
        var texts = new ArrayList<Optional<String>>();
        while (body.left() > 0) {
            int length = body.length();
            texts.add(
                    length == Body.NULL
                            ? Optional.empty()
                            : Optional.of(new String(body.take(length), StandardCharsets.UTF_8)));
        }
        return texts;
    }

    /// An OK, or what stands for one at the end of rows.
    private void ends(int first, Body body, byte[] bytes, int at, int end) throws Malformed {
        if (first != 0 && first != 0xfe) {
            throw new Malformed("neither well nor wrong");
        }
        body.skip(1);
        boolean eof = first == 0xfe && !terms.serverHas(Capabilities.DEPRECATE_EOF);
        var last = eof ? Ok.readEof(body) : Ok.read(body, terms.serverHas(Capabilities.SESSION_TRACK));
        if (eof) {
            terms.session().status(last.status());
        } else {
            terms.session().answered(last);
        }
        if (first == 0) {
            tally.affected(last.affected());
        }
        finish(last, first, bytes, at, end);
    }

    private void finish(Ok last, int first, byte[] bytes, int at, int end) throws Malformed {
        counted();
        statement++;
        boolean more = (last.status() & Status.MORE_RESULTS) != 0 && (kind == Kind.QUERY || kind == Kind.EXECUTE);
        if (held && more) {
            throw new Malformed("more results than there can be");
        }
        ok = Optional.of(last);
        if (!held) {
            send(last, first, bytes, at, end);
        }
        stage = more ? Stage.FIRST : Stage.DONE;
    }

    private void send(Ok last, int first, byte[] bytes, int at, int end) {
        if (hidden || muted) {
            return;
        }
        boolean eof = first == 0xfe && !terms.serverHas(Capabilities.DEPRECATE_EOF);
        boolean alike = eof
                ? !terms.clientHas(Capabilities.DEPRECATE_EOF)
                : terms.clientHas(Capabilities.SESSION_TRACK) == terms.serverHas(Capabilities.SESSION_TRACK);
        var info = terms.masks() && last.info().length > 0 ? terms.masking().message(last.info()) : last.info();
        if (alike && Arrays.equals(info, last.info())) {
            out.packet(bytes, at, end);
        } else {
            new Ok(last.affected(), last.lastId(), last.status(), last.warnings(), info, last.state())
                    .write(out, first, terms.clientHas(Capabilities.SESSION_TRACK));
        }
    }

    private void counted() {
        if (kind != Kind.FETCH && !hidden) {
            result.ifPresent(one -> tally.masked(one.counts()));
        }
    }

    private void failed(Body body) throws Malformed {
        var error = Errors.read(body, terms);
        if (!muted) {
            failure = Optional.of(error);
            tally.failed(error.state());
            if (!hidden && !held) {
                Errors.write(error, terms);
            }
        }
        counted();
        stage = Stage.DONE;
    }

    // ---- what is prepared

    /// "COM_STMT_PREPARE_OK".
    private void prepareBegins(int first, Body body, byte[] bytes, int at, int end) throws Malformed {
        if (first != 0) {
            throw new Malformed("neither prepared nor wrong");
        }
        body.skip(1);
        prepared = body.int32();
        preparedColumns = body.int16();
        left = body.int16();
        pass(bytes, at, end);
        stage = left > 0 ? Stage.PARAMETERS : Stage.PARAMETERS_END;
        if (left == 0) {
            columnsOfPrepared();
        }
    }

    /// Goes on to the next part of what was prepared.
    private void prepares() {
        if (left > 0) {
            return;
        }
        boolean ends = !terms.serverHas(Capabilities.DEPRECATE_EOF);
        switch (stage) {
            case PARAMETERS -> {
                stage = Stage.PARAMETERS_END;
                if (!ends) {
                    columnsOfPrepared();
                }
            }
            case PARAMETERS_END -> columnsOfPrepared();
            case PREPARED_COLUMNS -> stage = ends ? Stage.PREPARED_COLUMNS_END : Stage.DONE;
            case PREPARED_COLUMNS_END -> stage = Stage.DONE;
            case FIRST, COLUMNS, COLUMNS_END, ROWS, FIELDS, FILE, DONE ->
                throw new IllegalStateException("nothing is prepared in " + stage);
        }
    }

    private void columnsOfPrepared() {
        left = preparedColumns;
        stage = left > 0 ? Stage.PREPARED_COLUMNS : Stage.DONE;
    }

    // ---- fields of a table

    /// A description of a column with its default, which may be anything.
    private void field(int first, Body body, byte[] bytes, int at, int end) throws Malformed {
        if (first == 0xfe) {
            ends(first, body, bytes, at, end);
            return;
        }
        if (!terms.masks()) {
            pass(bytes, at, end);
            return;
        }
        for (int i = 0; i < 6; i++) {
            body.skipString();
        }
        body.skip((int) Math.min(body.number(), Integer.MAX_VALUE));
        int fixed = body.at();
        if (body.left() == 0) {
            pass(bytes, at, end);
            return;
        }
        int length = body.length();
        if (length == Body.NULL) {
            pass(bytes, at, end);
            return;
        }
        var value = body.take(length);
        int packet = out.begin();
        out.bytes()
                .add(bytes, at + Packet.HEAD, fixed)
                .string(terms.masking().message(value))
                .add(body.rest());
        out.end(packet);
    }
}
