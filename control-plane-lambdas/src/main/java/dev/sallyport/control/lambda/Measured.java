package dev.sallyport.control.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import dev.sallyport.control.ControlPlane;
import java.io.PrintStream;

/// A function that writes a line of metrics for each request, in CloudWatch's embedded metric format: how many, how
/// many failed (5xx) and were refused (4xx), and how long each took. No path, no tenant, no address.
final class Measured implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> {

    private final ControlPlane.Function function;
    private final PrintStream out;

    Measured(ControlPlane.Function function, PrintStream out) {
        this.function = function;
        this.out = out;
    }

    @Override
    public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context context) {
        var request = context.getAwsRequestId();
        JsonLog.request(request);
        long began = System.nanoTime();
        var answer = function.handler().handleRequest(event, context);
        int status = answer.getStatusCode();
        out.println("""
                {"_aws":{"Timestamp":%d,"CloudWatchMetrics":[{"Namespace":"Sallyport","Dimensions":[["function"]],\
                "Metrics":[{"Name":"Requests","Unit":"Count"},{"Name":"Failed","Unit":"Count"},\
                {"Name":"Refused","Unit":"Count"},{"Name":"Time","Unit":"Milliseconds"}]}]},\
                "function":"%s","request":"%s","status":%d,"Requests":1,"Failed":%d,"Refused":%d,"Time":%d}""".formatted(
                        System.currentTimeMillis(),
                        function.name(),
                        JsonLog.escaped(request),
                        status,
                        status >= 500 ? 1 : 0,
                        status >= 400 && status < 500 ? 1 : 0,
                        (System.nanoTime() - began) / 1_000_000));
        return answer;
    }
}
