package dev.sallyport.core.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingReaderTest {

    @TempDir
    private Path folder;

    @Test
    void aCompleteRecordingIsReadToItsEnd() throws IOException {
        var written = new Written(folder).complete();
        var reader = written.reader();

        var events = Written.all(reader);

        assertThat(Written.lines(events))
                .containsExactly(
                        "REQUEST shell",
                        "OUTPUT one",
                        "INPUT in",
                        "OUTPUT two",
                        "EXIT status 0",
                        "END Exited: the target ended with exit status 0");
        assertThat(events.get(3).offset()).isEqualTo(3);
        assertThat(reader.head()).contains(written.head);
        assertThat(reader.state(false)).isEqualTo(RecordingState.COMPLETE);
        assertThat(reader.position()).isEqualTo(written.writer.position());
    }

    @Test
    void aLiveRecordingIsFollowedChunkByChunk() throws IOException {
        var written = new Written(folder);
        var reader = written.reader();
        assertThat(reader.next()).isEmpty();

        written.add(Event.Kind.OUTPUT, "one").cut(RecordingState.LIVE);
        assertThat(reader.next()).get().extracting(Event::text).isEqualTo("one");
        assertThat(reader.next()).isEmpty();
        assertThat(reader.sealed()).isFalse();
        assertThat(reader.state(true)).isEqualTo(RecordingState.LIVE);
        assertThat(reader.state(false)).isEqualTo(RecordingState.INCOMPLETE);

        written.add(Event.Kind.END, "over").cut(RecordingState.COMPLETE);
        assertThat(reader.next()).get().extracting(Event::text).isEqualTo("over");
        assertThat(reader.next()).isEmpty();
        assertThat(reader.sealed()).isTrue();
    }

    @Test
    void aChunkOfAnotherSessionIsRefused() throws IOException {
        var written = new Written(folder).complete();
        var other = new Written(folder, written.tenant).complete();
        Files.copy(file(other, 1), replace(written, 1));

        assertThatThrownBy(written::read)
                .isInstanceOf(BrokenRecording.class)
                .hasMessageContaining("another session")
                .extracting(e -> ((BrokenRecording) e).firstBadEvent())
                .isEqualTo(2L);
    }

    @Test
    void chunksInAnotherOrderAreRefused() throws IOException {
        var written = new Written(folder).complete();
        Files.copy(file(written, 2), replace(written, 1));

        assertThatThrownBy(written::read)
                .isInstanceOf(BrokenRecording.class)
                .hasMessageContaining("in the wrong place");
    }

    @Test
    void aChunkThatDoesNotFollowIsRefused() throws IOException {
        var written = new Written(folder);
        written.add(Event.Kind.OUTPUT, "one").cut(RecordingState.LIVE);
        var again =
                new ChunkWriter(written.tenant, written.session, written.head, written.key, RecordingPosition.START);
        again.add(new Event(0, Event.Kind.OUTPUT, 0, 1, new byte[3]));
        Files.write(replace(written, 0), again.cut(RecordingState.LIVE));
        written.add(Event.Kind.OUTPUT, "two").cut(RecordingState.LIVE);

        assertThatThrownBy(written::read).isInstanceOf(BrokenRecording.class).hasMessageContaining("does not follow");
    }

    private Path file(Written written, int number) {
        return folder.resolve(written.tenant.value())
                .resolve(written.session.value())
                .resolve("%06d.chunk".formatted(number));
    }

    private Path replace(Written written, int number) throws IOException {
        Files.delete(file(written, number));
        return file(written, number);
    }
}
