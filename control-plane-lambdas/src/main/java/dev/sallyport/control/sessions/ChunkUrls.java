package dev.sallyport.control.sessions;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;

/// Gives addresses under which a stored chunk may be fetched for some minutes by whoever has them: presigned ones of
/// the object store, or this API's own ([SignedChunkUrls]).
public interface ChunkUrls {

    /// An absolute address, or one relative to the API's.
    String url(TenantId tenant, SessionId session, int number);
}
