package dev.sallyport.control.sessions;

import static dev.sallyport.control.http.Router.ALL;
import static dev.sallyport.control.http.Router.READERS;

import dev.sallyport.api.Audit;
import dev.sallyport.control.http.Answer;
import dev.sallyport.control.http.Caller;
import dev.sallyport.control.http.Declined;
import dev.sallyport.control.http.Router;
import dev.sallyport.control.http.Router.Call;
import dev.sallyport.core.audit.AuditEntry;
import dev.sallyport.core.id.Ulid;
import dev.sallyport.store.Store;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;

/// `/v1/audit` and `/v1/checkpoints`.
public final class AuditRoutes {

    private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("uuuuMMddHHmm");

    /// Most bytes of checkpoints in one answer, unless a single one has more.
    private static final int CHECKPOINT_BYTES = 1_000_000;

    private final Store store;
    private final Clock clock;

    @Inject
    AuditRoutes(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    void addTo(Router router) {
        router.route("GET", "/v1/audit", READERS, this::list)
                .route("GET", "/v1/audit/minutes/{minute}", READERS, this::minute)
                .route("GET", "/v1/checkpoints", ALL, this::checkpoints);
    }

    private Answer list(Caller caller, Call call) throws Declined {
        var request = call.request();
        // Entries may stand some minutes ahead of this clock.
        var page = store.auditLog()
                .list(
                        caller.tenant(),
                        request.time("from").orElse(Instant.EPOCH),
                        request.time("to").orElse(clock.instant().plus(Duration.ofHours(1))),
                        request.parameter("cursor"),
                        request.limit());
        return Answer.ok(new Audit.Page(
                page.items().stream().map(AuditRoutes::shown).toList(),
                page.cursor().orElse(null)));
    }

    private Answer minute(Caller caller, Call call) throws Declined {
        Instant minute;
        try {
            minute = LocalDateTime.parse(call.part("minute"), MINUTE).toInstant(ZoneOffset.UTC);
        } catch (DateTimeParseException e) {
            throw Declined.field("minute", "is a minute in UTC such as 202611221301");
        }
        var entries = store.auditLog().minute(caller.tenant(), minute).stream()
                .map(AuditRoutes::shown)
                .toList();
        return Answer.ok(new Audit.Page(entries, null));
    }

    private Answer checkpoints(Caller caller, Call call) throws Declined {
        int from = call.request().number("from", 1);
        var base64 = Base64.getUrlEncoder().withoutPadding();
        var checkpoints = new ArrayList<Audit.Checkpoint>();
        int bytes = 0;
        for (var stored :
                store.checkpoints().list(caller.tenant(), from, call.request().limit())) {
            bytes += stored.bytes().length;
            if (bytes > CHECKPOINT_BYTES && !checkpoints.isEmpty()) {
                break;
            }
            checkpoints.add(Audit.Checkpoint.of(
                    stored.sequence(),
                    base64.encodeToString(stored.bytes()),
                    base64.encodeToString(stored.signature())));
        }
        return Answer.ok(new Audit.Checkpoints(checkpoints));
    }

    private static Audit.Entry shown(AuditEntry entry) {
        return new Audit.Entry(
                entry.id(),
                Instant.ofEpochMilli(Ulid.epochMillis(entry.id())),
                entry.actor(),
                entry.action(),
                entry.object(),
                entry.source(),
                entry.details());
    }
}
