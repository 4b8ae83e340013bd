package dev.sallyport.control.sessions;

import dev.sallyport.control.http.Answer;
import dev.sallyport.control.http.Declined;
import dev.sallyport.control.http.Router;
import dev.sallyport.control.http.Router.Call;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.ChunkStore;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;

/// `/v1/chunks`: the bytes of stored chunks, for whoever has a signed address. They are encrypted: without the data
/// key they say nothing.
public final class ChunkRoutes {

    private final ChunkStore chunks;
    private final SignedChunkUrls urls;

    @Inject
    ChunkRoutes(ChunkStore chunks, SignedChunkUrls urls) {
        this.chunks = chunks;
        this.urls = urls;
    }

    void addTo(Router router) {
        router.open("GET", "/v1/chunks/{tenant}/{session}/{number}", this::get);
    }

    private Answer get(Call call) throws Declined {
        TenantId tenant;
        SessionId session;
        int number;
        long expires;
        try {
            tenant = new TenantId(call.part("tenant"));
            session = new SessionId(call.part("session"));
            number = Integer.parseInt(call.part("number"));
            expires = Long.parseLong(call.request().parameter("expires").orElse(""));
        } catch (IllegalArgumentException e) {
            throw Declined.notFound();
        }
        var signature = call.request().parameter("signature").orElse("");
        if (!urls.holds(tenant, session, number, expires, signature)) {
            throw Declined.notFound();
        }
        try {
            return Answer.bytes(chunks.get(tenant, session, number).orElseThrow(Declined::notFound));
        } catch (IOException e) {
            throw new UncheckedIOException("could not read chunk " + number + " of " + session, e);
        }
    }
}
