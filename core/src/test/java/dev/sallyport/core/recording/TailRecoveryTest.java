package dev.sallyport.core.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.recording.Event.Kind;
import dev.sallyport.core.session.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TailRecoveryTest {

    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

    @TempDir
    private Path folder;

    /// What the agent saw, one event a line: kind and text.
    private static final List<String> SESSION = List.of(
            "RESIZE 80x24",
            "OUTPUT $ ",
            "INPUT ls\r",
            "OUTPUT ls\r\n",
            "RESIZE 90x30",
            "SIGNAL INT",
            "OUTPUT a b c\r\n",
            "ERROR warning",
            "HIDDEN_INPUT 12",
            "OUTPUT more\r\n",
            "FILE {\"name\":\"a\"}",
            "INPUT exit\r",
            "END_OF_INPUT ",
            "OUTPUT bye",
            "EXIT status 0");

    private static List<Event> tail(List<String> lines) {
        var offsets = new StreamOffsets();
        var events = new ArrayList<Event>();
        for (var line : lines) {
            var kind = Kind.valueOf(line.substring(0, line.indexOf(' ')));
            var bytes = line.substring(line.indexOf(' ') + 1).getBytes(StandardCharsets.UTF_8);
            var event = new Event(0, kind, offsets.next(kind), Written.START + events.size(), bytes);
            offsets.passed(event);
            events.add(event);
        }
        return events;
    }

    private static SealedRecording recover(Written written, List<Event> tail) throws Exception {
        var left = tail.iterator();
        return TailRecovery.recover(
                written.chunks,
                written.tenant,
                written.session,
                written.head,
                written.key,
                () -> left.hasNext() ? Optional.of(left.next()) : Optional.empty(),
                "the spool is gone",
                new Outcome.EdgeLost(),
                () -> NOW);
    }

    @Test
    void whateverWasStoredAndForgottenNothingIsTwiceOrMissing() throws Exception {
        var all = tail(SESSION);
        for (int stored = 0; stored <= all.size(); stored++) {
            for (int forgotten = 0; forgotten <= stored; forgotten++) {
                var written = new Written(folder).add(Kind.REQUEST, "shell");
                for (var event : all.subList(0, stored)) {
                    written.add(event.kind(), event.bytes());
                }
                written.cut(RecordingState.LIVE);

                var sealed = recover(written, all.subList(forgotten, all.size()));

                var expected = new ArrayList<String>();
                expected.add("REQUEST shell");
                expected.addAll(SESSION);
                var reader = written.reader();
                var events = Written.all(reader);
                assertThat(Written.lines(events).subList(0, events.size() - 2))
                        .as("%d events stored, %d forgotten", stored, forgotten)
                        .isEqualTo(expected);
                assertThat(sealed.state()).isEqualTo(RecordingState.RECOVERED);
                assertThat(reader.state(false)).isEqualTo(RecordingState.RECOVERED);
                assertThat(sealed.position()).isEqualTo(reader.position());
                assertThat(events.get(events.size() - 2).kind()).isEqualTo(Kind.RECOVERED);
                assertThat(events.getLast().text()).isEqualTo("EdgeLost: the edge was lost");
            }
        }
    }

    @Test
    void whereverTheStoredBytesEndEachByteIsThereOnce() throws Exception {
        var output = "0123456789";
        for (int stored = 0; stored <= output.length(); stored++) {
            for (int split = 1; split < output.length(); split++) {
                var written = new Written(folder);
                written.add(Kind.OUTPUT, output.substring(0, stored)).cut(RecordingState.LIVE);

                recover(
                        written,
                        tail(List.of("OUTPUT " + output.substring(0, split), "OUTPUT " + output.substring(split))));

                assertThat(output(written)).isEqualTo(output);
            }
        }
    }

    @Test
    void hiddenInputInTheMiddleOfWhichTheStoredBytesEndIsContinuedByLength() throws Exception {
        var written = new Written(folder).add(Kind.HIDDEN_INPUT, "5").cut(RecordingState.LIVE);

        recover(written, tail(List.of("HIDDEN_INPUT 12", "INPUT x")));

        assertThat(Written.lines(written.read())).startsWith("HIDDEN_INPUT 5", "HIDDEN_INPUT 7", "INPUT x");
    }

    @Test
    void withoutAnyChunkTheRecordingIsTheTail() throws Exception {
        var written = new Written(folder);

        recover(written, tail(SESSION));

        var reader = written.reader();
        assertThat(Written.lines(Written.all(reader))).startsWith(SESSION.toArray(new String[0]));
        assertThat(reader.head()).contains(written.head);
    }

    @Test
    void bytesThatNobodyHasAreToldAndTheRecordingIsIncomplete() throws Exception {
        var written = new Written(folder).add(Kind.OUTPUT, "abc").cut(RecordingState.LIVE);
        var tail = tail(List.of("OUTPUT abc", "OUTPUT lost", "OUTPUT def"));

        var sealed = recover(written, List.of(tail.get(0), tail.get(2)));

        assertThat(sealed.state()).isEqualTo(RecordingState.INCOMPLETE);
        assertThat(Written.lines(written.read()))
                .startsWith("OUTPUT abc", "RECOVERED 4 bytes of OUTPUT are missing here", "OUTPUT def");
    }

    @Test
    void aSecondRunChangesNothing() throws Exception {
        var written = new Written(folder).add(Kind.OUTPUT, "abc").cut(RecordingState.LIVE);
        var first = recover(written, tail(List.of("OUTPUT abcdef")));

        assertThat(recover(written, tail(List.of("OUTPUT abcdef")))).isEqualTo(first);
    }

    @Test
    void aRecordingLargerThanAChunkIsRecoveredInSeveral() throws Exception {
        var written = new Written(folder);
        var tail = new ArrayList<Event>();
        for (int i = 0; i < 20; i++) {
            tail.add(new Event(0, Kind.OUTPUT, i * 50_000L, Written.START, new byte[50_000]));
        }

        var sealed = recover(written, tail);

        assertThat(sealed.position().chunks()).isGreaterThan(3);
        assertThat(output(written)).hasSize(1_000_000);
    }

    @Test
    void whatOnlyAnEdgeWritesIsNotTakenFromAnAgent() throws Exception {
        var written = new Written(folder);
        var forged = new Event(0, Kind.END, 0, 0, new byte[0]);
        var message = new Event(0, Kind.MESSAGE, 0, 0, "approved".getBytes(StandardCharsets.UTF_8));

        recover(written, List.of(forged, message));

        assertThat(written.read()).extracting(Event::kind).containsExactly(Kind.RECOVERED, Kind.END);
    }

    @Test
    void timesOfTheTailStayBetweenTheStoredOnesAndNow() throws Exception {
        var written = new Written(folder).add(Kind.OUTPUT, "abc").cut(RecordingState.LIVE);
        var early = new Event(0, Kind.OUTPUT, 3, 1, new byte[1]);
        var late = new Event(0, Kind.OUTPUT, 4, Long.MAX_VALUE / 2, new byte[1]);

        recover(written, List.of(early, late));

        var events = written.read();
        assertThat(events.get(1).time()).isEqualTo(events.get(0).time());
        assertThat(events.get(2).time()).isEqualTo(NOW.getEpochSecond() * 1_000_000);
        assertThat(events.getLast().time()).isEqualTo(NOW.getEpochSecond() * 1_000_000);
    }

    private static String output(Written written) throws IOException {
        var out = new ByteArrayOutputStream();
        for (var event : written.read()) {
            if (event.kind() == Kind.OUTPUT) {
                out.writeBytes(event.bytes());
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
