package dev.sallyport.control.http;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import dev.sallyport.api.Problem;
import dev.sallyport.control.Instance;
import dev.sallyport.control.http.Router.Authentication;
import dev.sallyport.store.BadCursor;
import dev.sallyport.store.StoreUnavailable;
import dev.sallyport.store.WriteRefused;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One Lambda function: the routes of one bounded context.
///
/// Whatever fails inside is logged here, and told to nobody outside but as a sentence.
public final class ApiHandler implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> {

    private static final Logger LOG = LoggerFactory.getLogger(ApiHandler.class);

    private final Router router;
    private final Authentication authentication;
    private final OnceOnly onceOnly;
    private final Instance instance;

    public ApiHandler(Router router, Authentication authentication, OnceOnly onceOnly, Instance instance) {
        this.router = router;
        this.instance = instance;
        this.authentication = authentication;
        this.onceOnly = onceOnly;
    }

    public Router router() {
        return router;
    }

    @Override
    public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context context) {
        var crossOrigin = new CrossOrigin(instance.origins());
        var headers = Request.headers(event);
        var method = event.getRequestContext().getHttp().getMethod();
        var answer = crossOrigin.preflight(method, headers).orElseGet(() -> answer(event));
        return answer.response(crossOrigin.headers(headers, answer.headers()));
    }

    private Answer answer(APIGatewayV2HTTPEvent event) {
        try {
            return router.answer(Request.of(event), authentication, onceOnly);
        } catch (Declined e) {
            return e.answer();
        } catch (WriteRefused e) {
            return Answer.problem(problem(e));
        } catch (BadCursor e) {
            return Answer.problem(
                    Declined.field("cursor", "is not one that this list gave").problem());
        } catch (StoreUnavailable e) {
            LOG.error("the store did not answer", e);
            return Answer.problem(
                    Problem.of(Problem.Type.UNAVAILABLE, "The store does not answer at the moment. Please try again."));
        } catch (RuntimeException e) {
            LOG.error("a request failed", e);
            return Answer.problem(Problem.of(
                    Problem.Type.FAILED, "The server failed, and its log says why. Please tell its operator."));
        }
    }

    private static Problem problem(WriteRefused refused) {
        var type = switch (refused.reason()) {
            case TAKEN, STALE, IN_USE -> Problem.Type.CONFLICT;
            case LIMIT -> Problem.Type.LIMIT;
            case ABSENT -> Problem.Type.NOT_FOUND;
        };
        return Problem.of(type, String.valueOf(refused.getMessage()));
    }
}
