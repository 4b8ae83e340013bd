package dev.sallyport.control.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import java.time.Clock;

/// The Lambda function `dry-runs`, as AWS makes it: from its environment.
public final class DryRunsFunction implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> {

    private final Measured measured;

    public DryRunsFunction() {
        JsonLog.start();
        measured = new Measured(
                Environment.ofProcess().controlPlane(Clock.systemUTC()).dryRuns(), System.out);
    }

    @Override
    public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context context) {
        return measured.handleRequest(event, context);
    }
}
