package dev.sallyport.store;

import java.util.function.Supplier;
import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// One call of the store, as the JDK's flight recorder shows it. Costs nothing while no recording wants it.
@Name(StoreCall.NAME)
@Label("Store Call")
@Category("Sallyport")
@StackTrace(false)
final class StoreCall extends Event {

    static final String NAME = "sallyport.StoreCall";

    /// What was asked for, in the words of the error that a failure would give.
    @Label("What")
    final String what;

    private StoreCall(String what) {
        this.what = what;
    }

    /// Makes `call`, and records how long it took, whether it succeeded or not.
    static <T> T timed(String what, Supplier<T> call) {
        var event = new StoreCall(what);
        event.begin();
        try {
            return call.get();
        } finally {
            event.commit();
        }
    }
}
