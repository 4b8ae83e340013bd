package dev.sallyport.agent;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// SIGHUP, which ends a Java program that does not say otherwise.
///
/// `sun.misc.Signal` (module `jdk.unsupported`) is the JDK's one way to hear a signal. It is called by reflection,
/// since
/// the compiler warns of every mention of it in a way that nothing turns off.
final class Hangup {

    private static final Logger LOG = LoggerFactory.getLogger(Hangup.class);

    private Hangup() {}

    /// Each SIGHUP does `action` from now on, one after the other.
    static void then(Runnable action) {
        var turn = new Object();
        InvocationHandler heard = (proxy, method, arguments) -> switch (method.getName()) {
            case "handle" -> {
                synchronized (turn) {
                    action.run();
                }
                yield null;
            }
            case "equals" -> arguments != null && proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "Hangup";
        };
        try {
            var signal = Class.forName("sun.misc.Signal");
            var handler = Class.forName("sun.misc.SignalHandler");
            var listening = Proxy.newProxyInstance(Hangup.class.getClassLoader(), new Class<?>[] {handler}, heard);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), listening);
        } catch (ReflectiveOperationException e) {
            LOG.warn("SIGHUP cannot be heard here: settings are read at the start only", e);
        }
    }
}
