package dev.sallyport.control.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import dev.sallyport.store.RetentionSweep;
import java.time.Clock;
import java.util.Map;

/// The Lambda function `retention`, which a schedule starts: it deletes the recordings whose time is over. What it is
/// sent it does not read.
public final class RetentionFunction implements RequestHandler<Map<String, Object>, String> {

    private final RetentionSweep sweep;

    public RetentionFunction() {
        JsonLog.start();
        sweep = Environment.ofProcess().retentionSweep(Clock.systemUTC());
    }

    @Override
    public String handleRequest(Map<String, Object> event, Context context) {
        JsonLog.request(context.getAwsRequestId());
        return "deleted " + sweep.run();
    }
}
