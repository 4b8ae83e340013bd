package dev.sallyport.edge.recorder;

import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.recording.BadChunk;
import dev.sallyport.core.recording.Chunk;
import dev.sallyport.core.recording.ChunkConflict;
import dev.sallyport.core.recording.ChunkStore;
import dev.sallyport.core.recording.ChunkWriter;
import dev.sallyport.core.recording.DataKeys;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.recording.RecordingPosition;
import dev.sallyport.core.recording.RecordingState;
import dev.sallyport.core.recording.SealedRecording;
import dev.sallyport.core.session.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finishes what former edges on this disk left in their spools.
///
/// Each unfinished recording is continued from its last stored chunk with the spooled events, told that it was
/// recovered, sealed, and made known; then the spool is deleted. It may be interrupted anywhere and run again:
/// nothing is stored twice. A spool whose edge lives is not touched.
public final class SpoolRecovery {

    private static final Logger LOG = LoggerFactory.getLogger(SpoolRecovery.class);

    /// How often a recording is looked at anew when someone else continues it at the same time.
    private static final int ATTEMPTS = 3;

    private final ChunkStore chunks;
    private final DataKeys dataKeys;
    private final SealedListener listener;
    private final InstantSource clock;

    public SpoolRecovery(ChunkStore chunks, DataKeys dataKeys, SealedListener listener, InstantSource clock) {
        this.chunks = chunks;
        this.dataKeys = dataKeys;
        this.listener = listener;
        this.clock = clock;
    }

    /// What a run came to.
    ///
    /// @param recovered recordings that were sealed
    /// @param left spools that must be tried again: something that they need is not there
    public record Report(List<SealedRecording> recovered, List<Path> left) {}

    /// What is known of one recording after reading the spool.
    private record Spooled(SpoolRecord.Opened opened, List<Place> events) {}

    /// Where an event is.
    private record Place(int segment, int position, long number) {}

    /// Looks after every spool below `spool`.
    public Report run(Path spool) throws IOException {
        var recovered = new ArrayList<SealedRecording>();
        var left = new ArrayList<Path>();
        for (var folder : list(spool, SpoolRecovery::isSpool)) {
            try {
                var lock = SpoolLock.tryTake(folder);
                if (lock.isPresent()) {
                    recover(folder, lock.get(), recovered);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                left.add(folder);
            } catch (Exception e) {
                LOG.warn("the spool {} could not be recovered; it stays", folder.getFileName(), e);
                left.add(folder);
            }
        }
        return new Report(recovered, left);
    }

    private void recover(Path folder, SpoolLock lock, List<SealedRecording> recovered) throws Exception {
        try (lock;
                var segments = new Segments(folder)) {
            for (var spooled : scan(segments).values()) {
                var opened = spooled.opened();
                if (listener.deleted(opened.tenant(), opened.session())) {
                    LOG.info("recording {} was deleted: what this spool has of it goes", opened.session());
                    continue;
                }
                var sealed = recover(segments, spooled, 1);
                listener.sealed(sealed);
                recovered.add(sealed);
            }
            delete(folder);
        }
    }

    /// Reads all segments; recordings that were closed are left out.
    private static Map<Integer, Spooled> scan(Segments segments) throws IOException {
        var all = new LinkedHashMap<Integer, Spooled>();
        var events = new LinkedHashMap<Integer, List<Place>>();
        for (int i = 0; i < segments.count(); i++) {
            var in = segments.read(i);
            while (true) {
                int position = in.position();
                var record = SpoolRecord.read(in);
                if (record.isEmpty()) {
                    break;
                }
                switch (record.get()) {
                    case SpoolRecord.Opened opened ->
                        all.put(
                                opened.recording(),
                                new Spooled(
                                        opened,
                                        events.computeIfAbsent(opened.recording(), number -> new ArrayList<>())));
                    case SpoolRecord.Appended appended ->
                        events.computeIfAbsent(appended.recording(), number -> new ArrayList<>())
                                .add(new Place(i, position, appended.event().number()));
                    case SpoolRecord.Closed closed -> {
                        all.remove(closed.recording());
                        events.remove(closed.recording());
                    }
                }
            }
        }
        return all;
    }

    private SealedRecording recover(Segments segments, Spooled spooled, int attempt) throws Exception {
        var opened = spooled.opened();
        var last = lastChunk(opened);
        var position = last.map(Chunk::after).orElse(RecordingPosition.START);
        if (last.isPresent() && last.get().header().last()) {
            return new SealedRecording(
                    opened.tenant(),
                    opened.session(),
                    position,
                    last.get().header().state());
        }
        try {
            return continued(segments, spooled, position, last);
        } catch (ChunkConflict e) {
            if (attempt == ATTEMPTS) {
                throw e;
            }
            return recover(segments, spooled, attempt + 1);
        }
    }

    private Optional<Chunk> lastChunk(SpoolRecord.Opened opened) throws IOException, BadChunk {
        var numbers = chunks.numbers(opened.tenant(), opened.session());
        if (numbers.isEmpty()) {
            return Optional.empty();
        }
        var stored = chunks.get(opened.tenant(), opened.session(), numbers.getLast());
        return Optional.of(Chunk.parse(stored.orElseThrow(() -> new IOException("a chunk is gone"))));
    }

    private SealedRecording continued(
            Segments segments, Spooled spooled, RecordingPosition position, Optional<Chunk> last) throws Exception {
        var opened = spooled.opened();
        try (var key = dataKeys.unwrap(opened.tenant(), opened.wrappedDataKey())) {
            var writer = new ChunkWriter(opened.tenant(), opened.session(), opened.head(), key, position);
            long time = opened.head().start();
            if (last.isPresent()) {
                for (var event : last.get().events(key)) {
                    time = Math.max(time, event.time());
                }
            }
            long missing = 0;
            long appended = 0;
            var end = SpoolRecording.end(new Outcome.EdgeLost());
            for (var place : spooled.events()) {
                if (place.number() < position.events()) {
                    continue;
                }
                var event = segments.event(place);
                missing += Math.max(0, place.number() - writer.next() - missing);
                time = Math.max(time, event.time());
                if (event.kind() == Event.Kind.END) {
                    end = event.bytes();
                    break;
                }
                writer.add(new Event(writer.next(), event.kind(), event.offset(), time, event.bytes()));
                appended++;
                if (writer.full()) {
                    store(opened, writer, RecordingState.LIVE);
                }
            }
            time = Math.max(time, ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant()));
            writer.add(new Event(writer.next(), Event.Kind.RECOVERED, 0, time, reason(appended, missing)));
            writer.add(new Event(writer.next(), Event.Kind.END, 0, time, end));
            var state = missing == 0 ? RecordingState.RECOVERED : RecordingState.INCOMPLETE;
            store(opened, writer, state);
            return new SealedRecording(opened.tenant(), opened.session(), writer.position(), state);
        }
    }

    private static byte[] reason(long appended, long missing) {
        var text = "the edge was lost; its spool had " + appended + " events that were not stored yet";
        return (missing == 0 ? text : text + ", and " + missing + " are missing").getBytes(StandardCharsets.UTF_8);
    }

    private void store(SpoolRecord.Opened opened, ChunkWriter writer, RecordingState state) throws IOException {
        int number = writer.position().chunks();
        chunks.put(opened.tenant(), opened.session(), number, writer.cut(state));
    }

    // ---- files

    /// The segments of a spool.
    private static final class Segments implements AutoCloseable {

        private final List<FileChannel> files = new ArrayList<>();

        Segments(Path folder) throws IOException {
            for (var file : list(folder, name -> name.endsWith(".segment"))) {
                files.add(FileChannel.open(file, StandardOpenOption.READ));
            }
        }

        int count() {
            return files.size();
        }

        /// A whole segment.
        ByteBuffer read(int index) throws IOException {
            return read(index, 0, (int) files.get(index).size());
        }

        Event event(Place place) throws IOException {
            var prefix = read(place.segment(), place.position(), SpoolRecord.PREFIX);
            int length = SpoolRecord.PREFIX + prefix.getInt();
            var record = SpoolRecord.read(read(place.segment(), place.position(), length));
            if (record.isPresent() && record.get() instanceof SpoolRecord.Appended appended) {
                return appended.event();
            }
            throw new IOException("the spool changed while it was read");
        }

        private ByteBuffer read(int index, int position, int length) throws IOException {
            var into = ByteBuffer.allocate(length);
            while (into.hasRemaining()) {
                if (files.get(index).read(into, position + into.position()) < 0) {
                    throw new IOException("the spool changed while it was read");
                }
            }
            return into.flip();
        }

        @Override
        public void close() throws IOException {
            for (var file : files) {
                file.close();
            }
        }
    }

    private static boolean isSpool(String name) {
        try {
            return !new EdgeId(name).value().isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static List<Path> list(Path folder, Predicate<String> name) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> name.test(file.getFileName().toString()))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        }
    }

    /// Deletes a spool, its lock last.
    static void delete(Path folder) throws IOException {
        for (var file : list(folder, name -> !name.equals(SpoolLock.FILE))) {
            Files.deleteIfExists(file);
        }
        Files.deleteIfExists(folder.resolve(SpoolLock.FILE));
        Files.deleteIfExists(folder);
    }
}
