package dev.sallyport.control.sessions;

import dev.sallyport.control.http.Router;
import jakarta.inject.Inject;

/// The routes of the sessions function.
public final class SessionsRoutes {

    private final Router router = new Router();

    @Inject
    SessionsRoutes(
            SessionRoutes sessions,
            StatementRoutes statements,
            ChunkRoutes chunks,
            AuditRoutes audit,
            ExportRoutes exports) {
        sessions.addTo(router);
        statements.addTo(router);
        chunks.addTo(router);
        audit.addTo(router);
        exports.addTo(router);
    }

    public Router router() {
        return router;
    }
}
