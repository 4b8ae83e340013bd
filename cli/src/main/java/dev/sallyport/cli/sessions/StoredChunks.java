package dev.sallyport.cli.sessions;

import dev.sallyport.api.Refused;
import dev.sallyport.api.SallyportClient;
import dev.sallyport.api.Sessions.Chunk;
import dev.sallyport.cli.output.Progress;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.ChunkStore;
import dev.sallyport.core.recording.RecordingState;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The chunks of one recording, fetched through the API. Read only; not for several threads at once.
///
/// A chunk's address is good for some minutes, so it is asked for anew when it is older than [#FRESH], or when
/// it is refused.
final class StoredChunks implements ChunkStore {

    /// How long an address is used.
    private static final Duration FRESH = Duration.ofMinutes(1);

    private final SallyportClient client;
    private final SessionId session;
    private final Progress progress;

    private Map<Integer, Chunk> addresses = new HashMap<>();
    private long listedAt = System.nanoTime() - FRESH.toNanos();
    private RecordingState state;

    /// @param state as it was when the recording was opened
    StoredChunks(SallyportClient client, SessionId session, RecordingState state, Progress progress) {
        this.progress = progress;
        this.client = client;
        this.session = session;
        this.state = state;
    }

    /// The recording's state before the chunks were listed for the last time: when it was not live then, no
    /// more come than were listed.
    RecordingState state() {
        return state;
    }

    /// A chunk; empty when it is not there, or not yet.
    @Override
    public Optional<byte[]> get(TenantId tenant, SessionId of, int number) throws IOException {
        try {
            var address = addresses.get(number);
            if (address == null || System.nanoTime() - listedAt > FRESH.toNanos()) {
                address = list(number);
            }
            if (address == null) {
                return Optional.empty();
            }
            return Optional.of(fetch(address));
        } catch (Refused e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private byte[] fetch(Chunk address) throws IOException, Refused {
        byte[] chunk;
        try {
            chunk = client.chunk(address);
        } catch (Refused e) {
            var again = list(address.number());
            if (again == null) {
                throw e;
            }
            chunk = client.chunk(again);
        }
        progress.read(chunk.length);
        return chunk;
    }

    private @Nullable Chunk list(int from) throws IOException, Refused {
        var listed = client.chunks(session.value(), from);
        state = OpenRecording.state(listed.state());
        addresses = new HashMap<>();
        for (var chunk : listed.items()) {
            addresses.put(chunk.number(), chunk);
        }
        listedAt = System.nanoTime();
        return addresses.get(from);
    }

    @Override
    public List<Integer> numbers(TenantId tenant, SessionId of) throws IOException {
        var numbers = new TreeSet<Integer>();
        try {
            do {
                list(numbers.isEmpty() ? 0 : numbers.last() + 1);
            } while (numbers.addAll(addresses.keySet()));
        } catch (Refused e) {
            throw new IOException(e.getMessage(), e);
        }
        return List.copyOf(numbers);
    }

    @Override
    public void put(TenantId tenant, SessionId of, int number, byte[] chunk) {
        throw new UnsupportedOperationException("recordings are only read here");
    }
}
