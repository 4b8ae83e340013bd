package dev.sallyport.control.http;

import dev.sallyport.api.Problem;
import dev.sallyport.core.hash.Sha256;
import dev.sallyport.store.AnsweredRequests;
import dev.sallyport.store.AnsweredRequests.Standing;
import dev.sallyport.store.Store;
import dev.sallyport.store.StoreUnavailable;
import dev.sallyport.store.WriteRefused;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does a request that carries an `Idempotency-Key` once, and answers it the same whenever it comes again
/// (draft-ietf-httpapi-idempotency-key-header).
///
/// What was refused changed nothing, and is forgotten. What failed on the way may have been done or not: it is
/// answered with a conflict from then on, so that nothing is done twice. Answers hold secrets at times: they are
/// kept sealed, and only the API key that sent the request opens them ([SealedAnswer]).
public final class OnceOnly {

    private static final Logger LOG = LoggerFactory.getLogger(OnceOnly.class);
    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");
    private static final String HEADER = "Idempotency-Key";

    private final AnsweredRequests requests;

    @Inject
    OnceOnly(Store store) {
        this.requests = store.answeredRequests();
    }

    /// What a request does.
    @FunctionalInterface
    interface Deed {
        Answer done() throws Declined;
    }

    Answer answer(Caller caller, Request request, Deed deed) throws Declined {
        var key = request.header("idempotency-key");
        if (key.isEmpty() || !request.method().equals("POST")) {
            return deed.done();
        }
        if (!KEY.matcher(key.get()).matches()) {
            throw Declined.field(HEADER, "has 1 to 255 visible ASCII characters");
        }
        var name = Sha256.of(key.get().getBytes(StandardCharsets.US_ASCII)).hex();
        var hash = hash(request);
        var seal = new SealedAnswer(request.header("authorization").orElse(""), name);
        return switch (requests.begin(caller.tenant(), caller.key().id(), name, hash)) {
            case Standing.New() -> first(caller, name, hash, seal, deed);
            case Standing.Answered(var sealed) -> seal.open(sealed).with("Idempotent-Replayed", "true");
            case Standing.Other() ->
                throw new Declined(
                        Problem.Type.REUSED_KEY,
                        "Another request came with this Idempotency-Key. Send this one with a key of its own.");
            case Standing.Begun() ->
                throw new Declined(
                        Problem.Type.CONFLICT,
                        "A request with this Idempotency-Key was begun, and its outcome is not known. Look whether it did"
                                + " what it should; if it did not, send it with another key.");
        };
    }

    private Answer first(Caller caller, String name, String hash, SealedAnswer seal, Deed deed) throws Declined {
        Answer answer;
        try {
            answer = deed.done();
        } catch (Declined | WriteRefused e) {
            requests.forget(caller.tenant(), caller.key().id(), name);
            throw e;
        }
        try {
            requests.answered(caller.tenant(), caller.key().id(), name, hash, seal.close(answer));
        } catch (StoreUnavailable e) {
            LOG.warn("an answer could not be remembered", e);
        }
        return answer;
    }

    private static String hash(Request request) {
        var all = new ByteArrayOutputStream();
        var query = new TreeMap<>(request.query());
        try {
            all.write((request.path() + "\n" + query + "\n").getBytes(StandardCharsets.UTF_8));
            all.write(request.body());
        } catch (IOException e) {
            throw new IllegalStateException("memory cannot be written", e);
        }
        return Sha256.of(all.toByteArray()).hex();
    }
}
