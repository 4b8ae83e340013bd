package dev.sallyport.edge.relay;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.ChunkConflict;
import dev.sallyport.core.recording.ChunkStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// The object store.
final class SimulatedChunks implements ChunkStore {

    private final Map<SessionId, List<byte[]>> stored = new HashMap<>();

    int count(SessionId session) {
        return of(session).size();
    }

    @Override
    public void put(TenantId tenant, SessionId session, int number, byte[] chunk) throws IOException {
        var chunks = stored.computeIfAbsent(session, any -> new ArrayList<>());
        if (number < chunks.size() && !Arrays.equals(chunks.get(number), chunk)) {
            throw new ChunkConflict(number);
        }
        if (number > chunks.size()) {
            throw new AssertionError("P7: a chunk is left out");
        }
        if (number == chunks.size()) {
            chunks.add(chunk);
        }
    }

    @Override
    public Optional<byte[]> get(TenantId tenant, SessionId session, int number) {
        return number < count(session) ? Optional.of(of(session).get(number)) : Optional.empty();
    }

    @Override
    public List<Integer> numbers(TenantId tenant, SessionId session) {
        return IntStream.range(0, count(session)).boxed().toList();
    }

    private List<byte[]> of(SessionId session) {
        return stored.getOrDefault(session, List.of());
    }
}
