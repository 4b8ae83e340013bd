package dev.sallyport.edge.agents;

import dev.sallyport.core.connection.TestStep;
import java.util.List;

/// What came of asking an agent that is attached here for a test.
public sealed interface Tested {

    /// The agent answered.
    ///
    /// @param host the machine of the instance that did it, as it says
    record Answered(String host, List<TestStep> steps) implements Tested {}

    /// No instance of the agent is attached here.
    record NotAttached() implements Tested {}

    /// No instance of it that is attached here knows what a test is.
    record TooOld() implements Tested {}

    /// It has as many tests to do as it may have.
    record Busy() implements Tested {}

    /// It left before it answered.
    record Lost() implements Tested {}

    /// It did not answer in time.
    record Silent() implements Tested {}
}
