package dev.sallyport.agent;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Signals that would end a Java program that does not say otherwise.
///
/// `sun.misc.Signal` (module `jdk.unsupported`) is the JDK's one way to hear a signal. It is called by reflection,
/// since
/// the compiler warns of every mention of it in a way that nothing turns off.
final class Signals {

    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

    private Signals() {}

    /// Each such signal does `action` from now on, one after the other, and nothing else.
    ///
    /// @param name without SIG
    static void on(String name, Runnable action) {
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
            default -> "Signals";
        };
        try {
            var signal = Class.forName("sun.misc.Signal");
            var handler = Class.forName("sun.misc.SignalHandler");
            var listening = Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handler}, heard);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), listening);
        } catch (ReflectiveOperationException e) {
            LOG.warn("SIG{} cannot be heard here", name, e);
        }
    }
}
